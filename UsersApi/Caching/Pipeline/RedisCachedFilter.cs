namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Looks a response up before an action runs, and stores it afterwards. As an action filter it comes after authorization,
/// binding and validation: a refused or invalid request never reaches the cache.
/// </summary>
internal sealed class RedisCachedFilter(ICachedAction attribute, CacheServices services, EarlyHits early)
    : IAsyncResourceFilter, IAsyncActionFilter, IAsyncResultFilter, IDisposable
{
    /// <summary>Inside the automatic 400 of <c>[ApiController]</c> (-2000), outside the filters that set no order (0).</summary>
    public const int FilterOrder = -1000;

    // Stands for the response that is known until the result stage sends it.
    private static readonly IActionResult Placeholder = new KnownResult();

    private CachedRequest? _request;
    private Answer? _answer;
    private Miss? _miss;

    /// <summary>
    /// Releases what a miss holds, however it ends: MVC skips the stages below after an exception or another filter's result.
    /// </summary>
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        try
        {
            await next();
        }
        finally
        {
            Dispose();
        }
    }

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (services.Policies.For(context.ActionDescriptor) is not { } policy || policy.Attribute != attribute
            || !CachedRequest.IsReading(http))
        {
            await next();
            return;
        }

        // Without [ApiController] an invalid request reaches the action, with defaults that are not what it says.
        CacheOutcome? invalid = context.ModelState.IsValid ? null : CacheOutcome.Invalid;
        var bypass = policy.Bypass(http) ?? invalid;
        _request = bypass is null ? new CachedRequest(http, policy, policy.Bind(context), services) : null;
        if (RedisCachedOwnRequest.Of(http) is CacheProbe probe && !await probe.LookAsync(policy, bypass, _request))
        {
            _request = null;
            context.Result = Placeholder;
            return;
        }

        if (_request is null)
        {
            services.Report(http, bypass!.Value, CacheStatus.Forward("bypass"));
            await next();
            return;
        }

        early.Remember(_request);
        var found = await services.Lookup.FindAsync(_request);
        if (found.Answer is { } answer)
        {
            _answer = answer;
            context.Result = Placeholder;
            return;
        }

        await RunAsync(context, next, _miss = new Miss(services, _request, found));
    }

    public async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
    {
        if (_request is null || (_answer is null && _miss is null))
        {
            await next();
            return;
        }

        if (context.HttpContext.Response.HasStarted && _miss is not { IsStreaming: true })
        {
            // An outer filter sent something of its own: what the action wrote follows it.
            await (_miss?.ReleaseAsync() ?? Task.CompletedTask);
            await next();
        }
        else if (_answer is null)
        {
            await CompleteAsync(context, next, _miss!);
        }
        else if (context.Result != Placeholder)
        {
            // An outer filter put its own result in place: it has the last word, as it has on a miss.
            await next();
        }
        else
        {
            // Inner result filters had their say when the response was made.
            context.Cancel = true;
            await services.DeliverAsync(_request, _answer);
        }
    }

    public void Dispose() => _miss?.Dispose();

    private async Task RunAsync(ActionExecutingContext context, ActionExecutionDelegate next, Miss miss)
    {
        if (!await miss.TryEnterAsync())
        {
            _answer = miss.FallBackToStale(null);
            context.Result = _answer is null ? Overloaded(context.HttpContext) : Placeholder;
            return;
        }

        _request!.Probe?.HasRun = true;
        using var span = CacheTraces.Start("cache action");
        var executed = await miss.CaptureAsync(() => next());
        span?.Stop();
        if (executed is { Exception: { } error, ExceptionHandled: false } && !miss.IsStreaming && miss.FallBackToStale(error) is { } stale)
        {
            _answer = stale;
            executed.ExceptionHandled = true;
            executed.Result = Placeholder;
        }

        miss.Result = executed.Result;
    }

    private async Task CompleteAsync(ResultExecutingContext context, ResultExecutionDelegate next, Miss miss)
    {
        // Asked before inner filters have their say.
        var isOwn = miss.IsOwnResult(context);
        var executed = await miss.CaptureAsync(() => next());
        if (executed is not { Exception: { } error, ExceptionHandled: false })
        {
            // Of an exception that an inner filter handled, half a body may be left.
            var isWhole = !executed.Canceled && executed.Exception is null;
            _answer = await miss.CompleteAsync(isReplayable: isWhole && isOwn && !_request!.Policy.Accept.IsNarrowed(context));
        }
        else if (!miss.IsStreaming)
        {
            _answer = miss.FallBackToStale(error);
            executed.ExceptionHandled = _answer is not null;
        }

        if (_answer is not null)
            await services.DeliverAsync(_request!, _answer);
    }

    private StatusCodeResult Overloaded(HttpContext http)
    {
        services.Report(http, CacheOutcome.Overloaded, way: "");
        http.Response.Headers.RetryAfter = "1";
        _miss?.Dispose();
        _miss = null;
        return new StatusCodeResult(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A type of its own: filters that look for an empty result, say, do not mean this one.</summary>
    private sealed class KnownResult : ActionResult;
}
