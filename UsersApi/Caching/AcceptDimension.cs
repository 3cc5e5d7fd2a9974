using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Caching;

/// <summary>Where several content types could answer, the part of <c>Accept</c> that decides between them.</summary>
internal sealed class AcceptDimension
{
    private readonly List<MediaType> _types;
    private readonly bool _browsersCount;
    private readonly bool _isDeclared;
    private readonly bool _writesXml;

    public AcceptDimension(ControllerActionDescriptor action, MvcOptions options)
    {
        _writesXml = TypesOf(typeof(ProblemDetails), options).Exists(type => type.Contains("xml", StringComparison.OrdinalIgnoreCase));
        _browsersCount = options.RespectBrowserAcceptHeader;
        var produces = action.FilterDescriptors.Select(descriptor => descriptor.Filter).OfType<ProducesAttribute>().LastOrDefault();
        _isDeclared = produces is not null;
        var written = produces?.ContentTypes.ToList() ?? TypesOf(Unwrapped(action.MethodInfo.ReturnType), options);
        _types = [.. written.Distinct(StringComparer.OrdinalIgnoreCase).Select(type => new MediaType(type))];
        IsNegotiated = _types.Count > 1 || options.ReturnHttpNotAcceptable || _types.Exists(type => type.HasWildcard);
    }

    /// <summary>Whether <c>Accept</c> can change the answer at all.</summary>
    public bool IsNegotiated { get; }

    /// <summary>
    /// Adds the media ranges that one of the types satisfies, in the client's order of preference, as MVC looks for them:
    /// however many ways there are to write an <c>Accept</c>, there are few keys.
    /// </summary>
    public void Write(ICollection<string> parts, HttpRequest request)
    {
        if (!IsNegotiated || request.Headers.Accept.Count == 0)
            return;

        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            // MVC reads more than this parser does.
            CacheKeyPlan.WriteRawHeader(parts, HeaderNames.Accept, request);
            return;
        }

        // MVC's own rule: an Accept with */* in it is a browser's, and is not looked at.
        if (!_browsersCount && accepted.Any(range => range.MatchesAllTypes))
            return;

        var deciding = accepted.OrderByDescending(range => range.Quality ?? 1).Select(WithoutQuality)
            .Where(range => _types.Exists(type => type.IsSubsetOf(new MediaType(range)))).Distinct(StringComparer.Ordinal);
        parts.Add("ACCEPT=" + KeyText.Escaped(string.Join(',', deciding)));
    }

    /// <summary>
    /// Whether the result itself names the types between which <c>Accept</c> decides, of which the key knows nothing. Problems
    /// name two, and only JSON can be written, unless there is a formatter for XML.
    /// </summary>
    public bool IsNarrowed(ResultExecutingContext context) => !_isDeclared
        && context.Result is ObjectResult { ContentTypes.Count: > 1 } result && (_writesXml || result.Value is not ProblemDetails);

    private static string WithoutQuality(MediaTypeHeaderValue range)
    {
        var plain = range.Copy();
        plain.Quality = null;
        return plain.ToString().ToLowerInvariant();
    }

    private static List<string> TypesOf(Type written, MvcOptions options) => [.. options.OutputFormatters
        .OfType<IApiResponseTypeMetadataProvider>().SelectMany(formatter => formatter.GetSupportedContentTypes(null!, written) ?? [])];

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
