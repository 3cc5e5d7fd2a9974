using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;

namespace UsersApi.Caching.Keys;

/// <summary>Writes the path of a request as its route template with the bound values in place.</summary>
internal static partial class RoutePath
{
    /// <summary>Appends the path to <paramref name="key"/> and returns the arguments that it holds.</summary>
    /// <remarks>
    /// A segment of several parts, as <c>{a}.{b}</c>, keeps its template, and its values become parts: written in place, they
    /// could run into each other.
    /// </remarks>
    public static IReadOnlyList<KeyArgument> Write(
        StringBuilder key, ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments, ICollection<string>? parts)
    {
        var request = context.HttpContext.Request;
        key.Append(OfUri(request.PathBase.Value));
        if ((context.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern is not { } pattern)
        {
            key.Append(OfUri(request.Path.Value));
            return [];
        }

        var held = new List<KeyArgument>();
        var sent = request.Path.Value?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var (i, segment) in pattern.PathSegments.Index())
        {
            if (segment is { IsSimple: true, Parts: [RoutePatternParameterPart { Name: var name }] })
            {
                // What the URI leaves out is no part of its path: a write to this URI evicts it.
                if (TextOf(name, context, arguments, held) is not { } text)
                    continue;

                if (i >= sent.Length)
                    parts?.Add($"{{{KeyText.Escaped(name)}}}={KeyText.Escaped(text)}");
                else
                    key.Append('/').Append(KeyText.Escaped(Spelled(name, text, sent[i], context)));

                continue;
            }

            key.Append('/');
            foreach (var part in segment.Parts)
            {
                if (part is RoutePatternParameterPart parameter)
                {
                    var (hole, text) = ($"{{{KeyText.Escaped(parameter.Name)}}}", TextOf(parameter.Name, context, arguments, held) ?? "");
                    key.Append(parts is null ? KeyText.Escaped(text) : hole);
                    parts?.Add($"{hole}={KeyText.Escaped(text)}");
                }
                else
                {
                    key.Append(KeyText.Escaped((part as RoutePatternLiteralPart)?.Content ?? ((RoutePatternSeparatorPart)part).Content));
                }
            }
        }

        if (sent.Length == 0)
            key.Append('/');

        return held;
    }

    /// <summary>Appends the route values that no template and no argument holds.</summary>
    /// <returns>
    /// Whether there may be any that no template holds: middleware has set them, for a tenant say, or a dynamic route, of which nothing
    /// tells the template.
    /// </returns>
    public static bool WriteOtherValues(List<string> parts, ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments)
    {
        var pattern = (context.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern;
        var others = context.RouteData.Values.Where(value =>
            !context.ActionDescriptor.RouteValues.ContainsKey(value.Key) && pattern?.GetParameter(value.Key) is null).ToList();
        parts.AddRange(others
            .Where(value => !arguments.Any(argument => MayBeOfPath(argument) && argument.IsNamed(value.Key)))
            .Select(value => $"{{{KeyText.Escaped(value.Key)}}}={KeyText.Escaped(TextOf(value.Value) ?? "")}"));
        return pattern is null || others.Exists(value => !Equals(value.Value, pattern.Defaults.GetValueOrDefault(value.Key)));
    }

    // A parameter transformer writes the names of controllers and actions in its own way, and the URI is what a write evicts.
    private static string Spelled(string name, string text, string sent, ActionExecutingContext context) =>
        context.ActionDescriptor.RouteValues.ContainsKey(name) && !text.Equals(sent, StringComparison.OrdinalIgnoreCase)
            ? sent.ToLowerInvariant()
            : text;

    private static bool MayBeOfPath(KeyArgument argument) =>
        !argument.IsFromElsewhere && argument.Source != BindingSource.Query && argument.Source != BindingSource.Header;

    /// <summary>The bound text of a route value, or its raw text where no argument takes it; null where it is absent.</summary>
    private static string? TextOf(string name, ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments, List<KeyArgument> held)
    {
        var argument = arguments.FirstOrDefault(argument => MayBeOfPath(argument)
            && string.Equals(argument.Name, name, StringComparison.OrdinalIgnoreCase));
        if (argument is not null && KeyText.Knows(argument.Metadata.ModelType))
        {
            held.Add(argument);
            if (argument.ValueIn(context) is { } bound)
                return KeyText.TextOf(bound);
        }

        return ValueOf(name, context, arguments);
    }

    /// <summary>The path with all values in place, as a URI has them: not for keys, where they could run into each other.</summary>
    public static string InPlace(ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments)
    {
        var path = new StringBuilder();
        Write(path, context, arguments, parts: null);
        return path.ToString();
    }

    /// <summary>A route value that no argument takes: what a model made of it, else what the URI says; null where it is absent.</summary>
    public static string? ValueOf(string name, ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments) =>
        // Controller and action names match whatever their case: the descriptor's own spelling is the canonical one.
        context.ActionDescriptor.RouteValues.TryGetValue(name, out var required) && required is not null ? required
        : TextOf(context.HttpContext.GetRouteValue(name)) is not { Length: > 0 } raw ? null
        : arguments.Select(argument => argument.PartIn(context, name)).FirstOrDefault(part => part is not null) is { } bound
            ? KeyText.TextOf(bound)
        : raw;

    /// <summary>A template in which parameters have no names, and letters one case: equal ones match the same paths.</summary>
    public static string WithoutNames(string template) => ParameterName().Replace(template, "{").ToUpperInvariant();

    private static string? TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    /// <summary>A decoded path as it stands in a URI, in the spelling of <see cref="Write"/>.</summary>
    public static string OfUri(string? path) => string.Concat(
        (path?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? []).Select(segment => "/" + KeyText.Escaped(segment)));

    [GeneratedRegex(@"\{\**\w+")]
    private static partial Regex ParameterName();
}
