using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>
/// Evicts, before the response of an unsafe request leaves, the tags that its action names, its own URI, and those of
/// a same-origin <c>Location</c> and <c>Content-Location</c> (RFC 9111, section 4.4). Holds for every action of the application.
/// </summary>
internal sealed class EvictionFilter(ITagVersions versions, IModelMetadataProvider provider, IOptions<RedisCachedOptions> options) : IAsyncActionFilter
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
        var eviction = new PendingEviction(http, versions, [.. plan.TagsOf(context)], options.Value.TagBuckets);
        http.Response.OnStarting(eviction.RunAsync);
        http.Response.RegisterForDisposeAsync(eviction);
        if ((await next()) is { Exception: not null, ExceptionHandled: false })
        {
            // It may have been thrown after the commit.
            await eviction.RunAsync(isOutcomeKnown: false);
        }
    }

    private sealed class Plan(ControllerActionDescriptor action, IModelMetadataProvider provider)
    {
        private readonly IReadOnlyList<KeyArgument> _arguments = KeyArgument.Of(action, provider);
        private readonly TagTemplate[] _tags =
            [.. action.EndpointMetadata.OfType<RedisCacheEvictAttribute>().SelectMany(evict => evict.Tags).Select(tag => new TagTemplate(tag))];

        public IEnumerable<string> TagsOf(ActionExecutingContext context)
        {
            var path = new System.Text.StringBuilder();
            RoutePath.Write(path, context, _arguments, parts: null);
            return _tags.Select(tag => tag.Resolve(context, _arguments)).Append(TagNames.OfPath(path.ToString()));
        }
    }
}
