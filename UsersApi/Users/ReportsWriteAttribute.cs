using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Caching.Pipeline;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>Tells the cache where an action failed without a commit: then nothing was changed, and what is stored stays.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReportsWriteAttribute : Attribute, IAsyncActionFilter
{
    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var executed = await next();
        if (executed.Exception is not null && !http.RequestServices.GetRequiredService<RequestWrite>().MayBeCommitted)
        {
            http.Features.GetRequiredFeature<RedisCacheEvictFeature>().ChangedNothing();
        }
    }
}
