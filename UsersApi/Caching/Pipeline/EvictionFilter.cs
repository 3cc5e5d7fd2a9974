using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Evicts, after an unsafe action and before its response leaves, the tags that it names, its own URI, and that of a same-origin
/// <c>Location</c> and <c>Content-Location</c> (RFC 9111, section 4.4). Holds for every action of the application.
/// </summary>
internal sealed class EvictionFilter(TagEvictor evictor, IModelMetadataProvider provider, IOptions<RedisCachedOptions> options)
    : IAsyncActionFilter
{
    // Outside of all other action filters: what they change has to be evicted too.
    public const int FilterOrder = int.MinValue + 1_000;

    private readonly ConcurrentDictionary<ActionDescriptor, Plan> _plans = new();

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method)
            || HttpMethods.IsTrace(http.Request.Method) || context.ActionDescriptor is not ControllerActionDescriptor action)
        {
            await next();
            return;
        }

        // The arguments are looked at now: the action may change them.
        var plan = _plans.GetOrAdd(action, _ => new Plan(action, provider));
        var tags = plan.TagsOf(context).Append(TagNames.OfPath(RoutePath.OfUri(http.Request.PathBase + http.Request.Path))).ToList();
        http.Response.OnStarting(() => EvictLocationsAsync(http, tags));
        var executed = await next();
        if (IsRefusal(executed))
            return;

        NameLocation(executed);
        tags.AddRange(LocationsOf(http));
        if (await evictor.EvictAsync(tags) || !options.Value.WithholdOnFailedEviction || executed.Exception is not null)
            return;

        http.Response.Headers.RetryAfter = "1";
        executed.Result = new ObjectResult(new ProblemDetails
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "The change may have been made, but it can't be made known everywhere yet.",
        });
    }

    // A 4xx says that nothing was changed. An exception does not, and neither does a 5xx: both may come after the commit.
    private static bool IsRefusal(ActionExecutedContext executed) => executed.Exception is null
        && ((executed.Result as IStatusCodeActionResult)?.StatusCode ?? executed.HttpContext.Response.StatusCode) is >= 400 and < 500;

    /// <summary>Lets a result say now where the new resource is, which it would do when it is executed: one eviction is one wait.</summary>
    private static void NameLocation(ActionExecutedContext executed)
    {
        if (executed.Result is not ObjectResult result)
            return;

        try
        {
            result.OnFormatting(executed);
        }
        catch (Exception)
        {
            // MVC meets it again when it executes the result. The change was made, whatever becomes of its answer: it is evicted first.
        }
    }

    private static IEnumerable<string> LocationsOf(HttpContext http) =>
        SameOriginUris.In(http).Select(path => TagNames.OfPath(RoutePath.OfUri(path)));

    /// <summary>What named its location only while it was executed.</summary>
    private async Task EvictLocationsAsync(HttpContext http, List<string> evicted)
    {
        if (http.Response.StatusCode is >= 400 and < 500)
            return;

        var others = LocationsOf(http).Except(evicted).ToList();
        if (others.Count > 0)
            await evictor.EvictAsync(others);
    }

    private sealed class Plan(ControllerActionDescriptor action, IModelMetadataProvider provider)
    {
        private readonly IReadOnlyList<KeyArgument> _arguments = KeyArgument.Of(action, provider);
        private readonly TagTemplate[] _tags =
            [.. action.EndpointMetadata.OfType<IEvictingAction>().SelectMany(evict => evict.Tags).Select(tag => new TagTemplate(tag))];

        public IEnumerable<string> TagsOf(ActionExecutingContext context) => _tags
            .Select(tag => tag.Resolve(context, _arguments)).Append(TagNames.OfPath(RoutePath.InPlace(context, _arguments)));
    }
}
