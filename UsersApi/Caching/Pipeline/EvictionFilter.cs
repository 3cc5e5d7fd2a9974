using System.Collections;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Evicts, after an unsafe action and before its response leaves, the tags that it names, its own URI, and that of a same-origin
/// <c>Location</c> and <c>Content-Location</c> (RFC 9111, section 4.4). Holds for every action of the application.
/// </summary>
internal sealed class EvictionFilter(
    TagEvictor evictor, CachedPaths paths, ActionBinding binding, ProblemDetailsFactory problems,
    IOptions<RedisCachedOptions> options) : IAsyncActionFilter, IAsyncResultFilter
{
    // Outside of all other filters, those of controllers (int.MinValue too, in a narrower scope) among them: what they change has to be
    // evicted too.
    public const int FilterOrder = int.MinValue;

    // All that IANA's registry of methods calls safe (RFC 9110, section 16.1).
    private static readonly HashSet<string> SafeMethods =
        new(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PRI", "PROPFIND", "REPORT", "SEARCH"], StringComparer.OrdinalIgnoreCase);

    private readonly ConditionalWeakTable<ActionDescriptor, Plan> _plans = [];

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (SafeMethods.Contains(http.Request.Method) || context.ActionDescriptor is not ControllerActionDescriptor action
            || _plans.GetOrAdd(action, _ => new Plan(action, binding)) is not { IsEnabled: true } plan)
        {
            await next();
            return;
        }

        // The arguments are looked at now: the action may change them.
        var tags = plan.TagsOf(context).ToList();
        if (paths.Contain(http.Request.Path))
            tags.AddRange([plan.OwnPath(context), TagNames.OfPath(RoutePath.OfUri(http.Request.PathBase.Value + http.Request.Path.Value))]);

        var feature = new RedisCacheEvictFeature();
        http.Features.Set(feature);
        if (!http.Response.HasStarted)
            http.Response.OnStarting(() => EvictAtStartAsync(http, feature, tags));

        var executed = await next();
        if (IsRefusal(executed) || feature.IsUnchanged)
            return;

        tags.AddRange(LocationsSaidBy(executed));
        if (options.Value.CacheGroups && tags.Count > 0 && !http.Response.HasStarted)
            http.Response.Headers["Cache-Group-Invalidation"] = TagNames.GroupsOf(tags.Select(TagNames.Fold));

        feature.Tags = tags;
        if (tags.Count == 0 || await evictor.EvictAsync(tags))
        {
            if (tags.Count == 0 || !RunsCode(executed.Result))
                feature.Evicted?.Invoke();

            return;
        }

        // An action that answers by itself has said what it has to say.
        if (!options.Value.WithholdOnFailedEviction || executed.Exception is not null || http.Response.HasStarted)
            return;

        var headers = http.Response.Headers;
        // They describe what is not sent.
        headers.ETag = headers.LastModified = headers.Location = headers.ContentLocation = default;
        headers.RetryAfter = "1";
        executed.Result = new ObjectResult(problems.CreateProblemDetails(
            http, StatusCodes.Status503ServiceUnavailable, "The change may have been made, but it can't be made known everywhere yet."));
    }

    /// <summary>A result that runs the application's code, an iterator of commits say, may change what was evicted before it.</summary>
    public Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next) =>
        // Hits come by here too: their method is asked before all features are searched.
        !SafeMethods.Contains(context.HttpContext.Request.Method)
        && context.HttpContext.Features.Get<RedisCacheEvictFeature>() is { Tags: { Count: > 0 } tags } feature && RunsCode(context.Result)
            ? EvictAroundAsync(next, feature, tags)
            : next();

    // Again before the response leaves, and before its end does.
    private async Task EvictAroundAsync(ResultExecutionDelegate next, RedisCacheEvictFeature feature, IReadOnlyCollection<string> tags)
    {
        feature.Tags = null;
        await next();
        feature.Tags = tags;
        if (await evictor.EvictAsync(tags))
            feature.Evicted?.Invoke();
    }

    // A 4xx says that nothing was changed. An exception does not, and neither does a 5xx: both may come after the commit, unless the
    // action knows better.
    private static bool IsRefusal(ActionExecutedContext executed) => executed.Exception is null
        && ((executed.Result as IStatusCodeActionResult)?.StatusCode ?? executed.HttpContext.Response.StatusCode) is >= 400 and < 500;

    /// <summary>
    /// Lets a result say now where the new resource is, which it would do when it is executed: one eviction is one wait. What it says is
    /// taken back, since an outer filter may put another result in its place.
    /// </summary>
    private List<string> LocationsSaidBy(ActionExecutedContext executed)
    {
        var response = executed.HttpContext.Response;
        if (executed.Result is not ObjectResult result || !MvcTypes.Include(result.GetType()) || response.HasStarted)
            return LocationsOf(executed.HttpContext);

        var (status, location) = (response.StatusCode, response.Headers.Location);
        try
        {
            result.OnFormatting(executed);
        }
        catch (Exception)
        {
            // MVC meets it again when it executes the result. The change was made, whatever becomes of its answer: it is evicted first.
        }

        var said = LocationsOf(executed.HttpContext);
        (response.StatusCode, response.Headers.Location) = (status, location);
        return said;
    }

    private List<string> LocationsOf(HttpContext http) => [.. SameOriginUris.In(http)
        .Where(path => !new PathString(path).StartsWithSegments(http.Request.PathBase, out var rest) || paths.Contain(rest))
        .Select(path => TagNames.OfPath(RoutePath.OfUri(path)))];

    /// <summary>Of an action that answers before it is over, all of it; else what named its location only while it was executed.</summary>
    private async Task EvictAtStartAsync(HttpContext http, RedisCacheEvictFeature feature, List<string> tags)
    {
        if (http.Response.StatusCode is >= 400 and < 500 || feature.IsUnchanged)
            return;

        var others = LocationsOf(http).Union(tags).Except(feature.Tags ?? []).ToList();
        if (others.Count > 0)
            await evictor.EvictAsync(others);
    }

    // What is no collection is made while it is enumerated.
    private static bool RunsCode(IActionResult? result) => result is not null && (!MvcTypes.Execute(result)
        || ((result as ObjectResult)?.Value ?? (result as JsonResult)?.Value) is { } value
            && (value is IEnumerable and not (string or ICollection) || Array.Exists(value.GetType().GetInterfaces(),
                type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))));

    private sealed class Plan(ControllerActionDescriptor action, ActionBinding binding)
    {
        private readonly IReadOnlyList<KeyArgument> _arguments = binding.ArgumentsOf(action);
        private readonly TagTemplate[] _tags =
            [.. action.EndpointMetadata.OfType<IEvictingAction>().SelectMany(evict => evict.Tags).Select(tag => new TagTemplate(tag))];

        // The attribute nearest to the action is the last one.
        public bool IsEnabled { get; } = action.EndpointMetadata.OfType<IEvictingAction>().LastOrDefault() is not { Enabled: false };

        public IEnumerable<string> TagsOf(ActionExecutingContext context) => _tags.Select(tag => tag.Resolve(context, _arguments));

        public string OwnPath(ActionExecutingContext context) => TagNames.OfPath(RoutePath.InPlace(context, _arguments));
    }
}
