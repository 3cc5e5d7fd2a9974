using Microsoft.AspNetCore.Mvc.Formatters;

namespace UsersApi.Caching.Keys;

/// <summary>Whether <c>Accept</c> selects a response: then it is part of the key as it was sent.</summary>
internal sealed class AcceptDimension
{
    private readonly bool _isDeclared;
    private readonly bool _writesXml;

    public AcceptDimension(ControllerActionDescriptor action, MvcOptions options)
    {
        var produces = action.FilterDescriptors.Select(descriptor => descriptor.Filter).OfType<ProducesAttribute>().LastOrDefault();
        // [Produces(typeof(...))] names no content type, and takes none away.
        _isDeclared = produces is { ContentTypes.Count: > 0 };
        var written = Unwrapped(action.MethodInfo.ReturnType);
        // What returns nothing writes by itself: no formatter asks what would be accepted.
        var types = written == typeof(void) ? [] : _isDeclared ? [.. produces!.ContentTypes] : TypesOf(written, options);
        _writesXml = TypesOf(typeof(ProblemDetails), options).Exists(type => type.Contains("xml", StringComparison.OrdinalIgnoreCase));
        IsNegotiated = (options.ReturnHttpNotAcceptable && written != typeof(void))
            || types.Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1
            || types.Exists(type => type.Contains('*', StringComparison.Ordinal));
    }

    /// <summary>Whether <c>Accept</c> can change the answer at all.</summary>
    public bool IsNegotiated { get; }

    /// <summary>
    /// Adds the header as it was sent. MVC does not look at a browser's, which has <c>*/*</c> in it: to know one, it would have to be read
    /// as MVC reads it, whatever is wrong in it.
    /// </summary>
    public void Write(ICollection<string> parts, HttpRequest request)
    {
        if (IsNegotiated && request.Headers.Accept.Count > 0)
            CacheKeyPlan.WriteRawHeader(parts, HeaderNames.Accept, request);
    }

    /// <summary>
    /// Whether the result itself names the types between which <c>Accept</c> decides, of which the key knows nothing. Problems
    /// name two, and only JSON can be written, unless there is a formatter for XML.
    /// </summary>
    public bool IsNarrowed(ResultExecutingContext context) => !_isDeclared
        && context.Result is ObjectResult { ContentTypes.Count: > 1 } result && (_writesXml || result.Value is not ProblemDetails);

    private static List<string> TypesOf(Type written, MvcOptions options) => [.. options.OutputFormatters
        .OfType<OutputFormatter>().SelectMany(formatter => written == typeof(object)
            ? formatter.SupportedMediaTypes.Where(type => !type.Contains('*', StringComparison.Ordinal))
            : formatter.GetSupportedContentTypes(null!, written) ?? [])];

    /// <summary>
    /// What the action's result is made of; <see cref="object"/> where only the action knows, <see cref="void"/> where there is none.
    /// </summary>
    private static Type Unwrapped(Type type)
    {
        if (type == typeof(Task) || type == typeof(ValueTask))
            return typeof(void);

        if (type.IsGenericType && type.GetGenericTypeDefinition() is var generic
            && (generic == typeof(Task<>) || generic == typeof(ValueTask<>) || generic == typeof(ActionResult<>)))
        {
            return Unwrapped(type.GetGenericArguments()[0]);
        }

        return typeof(IActionResult).IsAssignableFrom(type) || typeof(IResult).IsAssignableFrom(type) ? typeof(object) : type;
    }
}
