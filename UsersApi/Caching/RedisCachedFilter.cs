using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Caching;

/// <summary>
/// Looks a response up before an action runs, and stores it afterwards. As an action filter it comes after authorization,
/// binding and validation: a refused or invalid request never reaches the cache.
/// </summary>
internal sealed class RedisCachedFilter(RedisCachedAttribute attribute, CacheServices services) : IAsyncResourceFilter, IAsyncActionFilter, IAsyncResultFilter
{
    // Stands for the stored response until the result stage sends it.
    private static readonly IActionResult Placeholder = new EmptyResult();

    private CacheExchange? _exchange;

    /// <summary>A hit that needs no binding ends here: authorization has spoken, and no other filter has anything to say.</summary>
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        if (services.Policies.For(context.ActionDescriptor) is not { SlowBecause: null } policy || policy.Attribute != attribute
            || !await services.EarlyHits.TryServeAsync(context.HttpContext, policy))
        {
            await next();
        }
    }

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        if (services.Policies.For(context.ActionDescriptor) is not { } policy || policy.Attribute != attribute
            || !(HttpMethods.IsGet(context.HttpContext.Request.Method) || HttpMethods.IsHead(context.HttpContext.Request.Method))
            || context.HttpContext.Response.HasStarted)
        {
            await next();
            return;
        }

        if (AudienceRule.Bypass(policy, context) is { } bypass)
        {
            services.ReportBypass(context.HttpContext, bypass);
            await next();
            return;
        }

        var exchange = new CacheExchange(services, context, policy);
        await exchange.LookUpAsync();
        if (exchange.IsRefused)
        {
            services.ReportRefusal(context.HttpContext, CacheOutcome.OnlyIfCached);
            context.Result = new StatusCodeResult(StatusCodes.Status504GatewayTimeout);
            return;
        }

        if (!await exchange.TryEnterAsync())
        {
            services.ReportRefusal(context.HttpContext, CacheOutcome.Overloaded);
            context.HttpContext.Response.Headers.RetryAfter = "1";
            context.Result = new StatusCodeResult(StatusCodes.Status503ServiceUnavailable);
            return;
        }

        _exchange = exchange;
        if (exchange.IsAnswered)
        {
            context.Result = Placeholder;
            return;
        }

        var executed = await exchange.CaptureAsync(() => next());
        if (executed is { Exception: { } error, ExceptionHandled: false } && exchange.TryUseStaleIfError(error))
        {
            executed.ExceptionHandled = true;
            executed.Result = Placeholder;
        }

        exchange.Result = executed.Result;
    }

    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        if (_exchange is not { } exchange)
        {
            await next();
            return;
        }

        if (context.HttpContext.Response.HasStarted && !exchange.HasOverflowed)
        {
            // An outer filter sent something of its own: what the action wrote follows it.
            await exchange.ReleaseAsync();
            await next();
            return;
        }

        if (exchange.IsAnswered)
        {
            if (context.Result != Placeholder)
            {
                // An outer filter put its own result in place: it has the last word, as it has on a miss.
                await next();
                return;
            }

            // Inner result filters had their say when the response was made.
            context.Cancel = true;
            await exchange.DeliverAsync();
            return;
        }

        var executed = await exchange.CaptureAsync(() => next());
        if (executed is { Exception: { } error, ExceptionHandled: false })
        {
            executed.ExceptionHandled = !exchange.HasOverflowed && exchange.TryUseStaleIfError(error);
            if (executed.ExceptionHandled)
                await exchange.DeliverAsync();
        }
        else
        {
            await exchange.CompleteAsync(isReplayable: !executed.Canceled && exchange.IsOwnResult(context));
        }
    }
}
