using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Caching.Pipeline;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>
/// Tells the cache where an action failed without a commit: then nothing was changed, and what is stored stays. After the eviction of
/// one that was committed, its row in the outbox is settled.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReportsWriteAttribute : Attribute, IAsyncActionFilter
{
    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var executed = await next();
        var write = http.RequestServices.GetRequiredService<RequestWrite>();
        // A host may have these controllers without the cache, or without the outbox: then there is nobody to tell.
        var eviction = http.Features.Get<RedisCacheEvictFeature>();
        if (executed.Exception is not null && !write.MayBeCommitted)
        {
            eviction?.ChangedNothing();
        }
        else if (write.IsCommitted)
        {
            eviction?.OnEvicted(() => http.RequestServices.GetService<OutboxSettler>()?.Settle(write));
        }
    }
}
