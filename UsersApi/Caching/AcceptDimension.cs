using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Caching;

/// <summary>Where several content types could answer, the part of <c>Accept</c> that decides between them.</summary>
internal sealed class AcceptDimension
{
    private readonly List<MediaType> _types;
    private readonly bool _browsersCount;

    public AcceptDimension(ControllerActionDescriptor action, MvcOptions options)
    {
        _browsersCount = options.RespectBrowserAcceptHeader;
        var produces = action.FilterDescriptors.Select(descriptor => descriptor.Filter).OfType<ProducesAttribute>().LastOrDefault();
        var written = produces?.ContentTypes.ToList() ?? TypesOf(action, options);
        _types = [.. written.Distinct(StringComparer.OrdinalIgnoreCase).Select(type => new MediaType(type))];
        IsNegotiated = _types.Count > 1 || options.ReturnHttpNotAcceptable || _types.Exists(type => type.MatchesAllTypes);
    }

    /// <summary>Whether <c>Accept</c> can change the answer at all.</summary>
    public bool IsNegotiated { get; }

    /// <summary>
    /// Adds the first media range that one of the types satisfies, in the client's order of preference, as MVC looks for it:
    /// however many ways there are to write an <c>Accept</c>, there are few keys.
    /// </summary>
    public void Write(ICollection<string> parts, HttpRequest request)
    {
        if (request.Headers.AcceptCharset.Count > 0)
            CacheKeyPlan.WriteRawHeader(parts, HeaderNames.AcceptCharset, request);

        if (!IsNegotiated || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return;

        if (!_browsersCount && accepted.Any(range => range.MatchesAllTypes))
        {
            // MVC's own rule: an Accept with */* in it is a browser's, and is not looked at.
            return;
        }

        var best = accepted.Where(range => range.Quality is not 0).OrderByDescending(range => range.Quality ?? 1)
            .FirstOrDefault(range => _types.Exists(type => Meets(type, range)));
        parts.Add("ACCEPT=" + KeyText.Escaped(best is null ? "" : WithoutQuality(best)));
    }

    private static bool Meets(MediaType type, MediaTypeHeaderValue range)
    {
        var wanted = new MediaType(range.MediaType);
        return type.IsSubsetOf(wanted) || wanted.IsSubsetOf(type);
    }

    private static string WithoutQuality(MediaTypeHeaderValue range)
    {
        var plain = range.Copy();
        plain.Quality = null;
        return plain.ToString().ToLowerInvariant();
    }

    private static List<string> TypesOf(ControllerActionDescriptor action, MvcOptions options)
    {
        var declared = Unwrapped(action.MethodInfo.ReturnType);
        return [.. options.OutputFormatters.OfType<IApiResponseTypeMetadataProvider>()
            .SelectMany(formatter => formatter.GetSupportedContentTypes(null!, declared) ?? [])];
    }

    /// <summary>What the action's result is made of; <see cref="object"/> where only the action knows.</summary>
    private static Type Unwrapped(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var generic
            && (generic == typeof(Task<>) || generic == typeof(ValueTask<>) || generic == typeof(ActionResult<>)))
        {
            return Unwrapped(type.GetGenericArguments()[0]);
        }

        return typeof(IActionResult).IsAssignableFrom(type) || typeof(IResult).IsAssignableFrom(type) ? typeof(object) : type;
    }
}
