using System.Collections;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching.Pipeline;

/// <summary>A request whose action has to run: it holds a permit and, where it leads, a flight, until it is disposed of.</summary>
internal sealed class Miss(CacheServices services, CachedRequest request, LookupResult found) : IDisposable
{
    private readonly HttpContext _http = request.Http;
    private readonly CachePolicy _policy = request.Policy;
    private IDisposable? _permit;
    private ResponseCapture? _capture;
    private List<object?> _content = [];

    /// <summary>What the action returned, to see whether an outer filter put something else in its place, or into it.</summary>
    public IActionResult? Result
    {
        get;
        set => (field, _content) = (value, ContentOf(value));
    }

    /// <summary>Whether the body goes to the client by itself.</summary>
    public bool IsStreaming => _capture is { IsStreaming: true };

    private DateTimeOffset Now => services.Time.GetUtcNow();

    /// <summary>Waits for a permit to run the action.</summary>
    /// <returns>False where none comes in time.</returns>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<bool> TryEnterAsync() => (_permit = await services.Misses.EnterAsync(_http.RequestAborted)) is not null;

    /// <summary>Runs a stage while its response is captured.</summary>
    /// <param name="stage">The action, or its result.</param>
    public async Task<T> CaptureAsync<T>(Func<Task<T>> stage)
    {
        _capture ??= new ResponseCapture(_http, _policy, services.Options, LetOthersRun, PrepareStreaming);
        _capture.Begin();
        try
        {
            return await stage();
        }
        finally
        {
            _capture.End();
        }
    }

    /// <summary>A stale response in the place of an action that failed, or did not come to run, where the policy allows it.</summary>
    public Answer? FallBackToStale(Exception? error)
    {
        // An exception that says 4xx says whose fault it is (RFC 5861, section 4: of the server's own alone).
        if ((request.IsAborted && !request.IsTimedOut) || error is BadHttpRequestException { StatusCode: < 500 }
            || found.Lookup.StaleIfError(Now.ToUnixTimeMilliseconds()) is not { } stale)
        {
            if (error is not null)
                found.Flight?.Dispose();

            return null;
        }

        CacheLog.StaleIfError(services.Logger, error);
        services.Flights.Failed.Add(found.FlightKey);
        _capture?.Headers.Revert();
        // Those who wait would fail one after another.
        found.Flight?.Land(new Landing(stale));
        return new Answer(stale, CacheOutcome.StaleIfError);
    }

    /// <summary>Stores what was captured, if it may be, and sends it.</summary>
    /// <param name="isReplayable">False where filters changed the result in a way that a stored response could not show.</param>
    /// <returns>What to send in its place; null where it was sent.</returns>
    public async Task<Answer?> CompleteAsync(bool isReplayable)
    {
        var capture = _capture!;
        var body = await capture.CompleteAsync();
        if (capture.IsStreaming)
            return null;

        // MVC's JSON formatter leaves half a body where it is cancelled, and says nothing.
        if (request.IsTimedOut)
            return FallBackToStale(null) ?? throw new OperationCanceledException(_http.RequestAborted);

        // The action is over. How fast its client reads is no reason for others to wait.
        _permit?.Dispose();
        if (_http.Response.StatusCode >= StatusCodes.Status500InternalServerError && FallBackToStale(null) is { } stale)
            return stale;

        var now = Now;
        var delivery = new ResponseDelivery(request, now);
        var verdict = Storability.Judge(capture, body.Length, found.Lookup.Selecting, now);
        if (verdict.Read is { } read && _policy.TellOnce())
            CacheLog.UndeclaredRead(services.Logger, _policy.Action.DisplayName, read);

        request.Probe?.UndeclaredRead = verdict.Read;
        if (verdict.Outcome is not CacheOutcome.Stored || !isReplayable)
        {
            Report(isReplayable ? verdict.Outcome : CacheOutcome.NotReplayable);
            LandNothing();
            await delivery.SendAsIsAsync(body);
            return null;
        }

        var entry = EntryBuilder.Build(
            capture, body, request.KeyOf(verdict.Selecting), found.Lookup.Stamp, verdict.Freshness, now) with
        {
            Cause = CacheTraces.Here,
            Claim = found.Flight?.Claim,
        };
        // What its client takes, those who come next will: it is compressed once, before they get it, and stored so. For one who does not,
        // nothing is, which would take as long as all else that a miss does.
        if (entry.MayCompress && ContentCoding.Negotiate(request.Headers.AcceptEncoding) == ContentCoding.Gzip)
            entry.Compressed();

        capture.Headers.Revert();
        var outcome = Store(entry, verdict.Selecting);
        Report(outcome);
        request.Probe?.Entry = entry;
        if (outcome is CacheOutcome.Stored && request.Probe is null)
            services.Metrics.Stored(body.Length);

        Land(entry, isStored: outcome is CacheOutcome.Stored);
        using var span = CacheTraces.Start("cache delivery");
        span.Note(outcome);
        await delivery.SendAsync(entry, isHit: false);
        return null;
    }

    /// <summary>Sends on what the action wrote by itself.</summary>
    public async Task ReleaseAsync()
    {
        if (_capture is not null)
            await _http.Response.Body.WriteAsync(await _capture.CompleteAsync());
    }

    /// <summary>
    /// Whether the result is the action's own, and outer filters have left in it what was in it: what they make of it may depend on this
    /// one request. MVC's problem details for a bare status (4xx) do not.
    /// </summary>
    public bool IsOwnResult(ResultExecutingContext context) => context.Result == Result
        ? ContentOf(Result) is var content && content.Count == _content.Count && content.Zip(_content).All(IsSame)
        : Result is IClientErrorActionResult && context.Result is ObjectResult { Value: ProblemDetails };

    public void Dispose()
    {
        found.Flight?.Dispose();
        _permit?.Dispose();
        _capture?.Discard();
    }

    /// <summary>What a result holds, and the status: of MVC's own collections the elements, which are changed in place.</summary>
    private List<object?> ContentOf(IActionResult? result) =>
    [
        _http.Response.StatusCode,
        .. (result?.GetType().GetProperties() ?? []).Where(property => MvcTypes.Include(property.DeclaringType))
            .Select(property => property.GetValue(result))
            .SelectMany(value => value is IEnumerable all && (value is RouteValueDictionary || MvcTypes.Include(value.GetType()))
                ? all.Cast<object?>()
                : [value]),
    ];

    // An object of the application's may be equal to others in its own way.
    private static bool IsSame((object? Before, object? After) value) =>
        value.Before is string or ValueType ? value.Before.Equals(value.After) : ReferenceEquals(value.Before, value.After);

    private bool PrepareStreaming(CacheOutcome why)
    {
        Report(why);
        LetOthersRun();
        return new ResponseDelivery(request, Now).PrepareAsIs();
    }

    /// <summary>From here on it takes as long as its client wants.</summary>
    private void LetOthersRun()
    {
        LandNothing();
        _permit?.Dispose();
    }

    /// <summary>An answer for this client alone: those who wait for it run the action themselves, and for a while nobody waits.</summary>
    private void LandNothing()
    {
        if (found.Flight is null)
            return;

        found.Flight.Claim?.IsForNobody = true;
        found.Flight.Land(Landing.NotShareable);
        services.Flights.Uncacheable.Add(found.FlightKey);
    }

    private void Land(CacheEntry entry, bool isStored)
    {
        // Other nodes wait until it is written.
        if (isStored)
            found.Flight?.Claim = null;

        if (request.Probe is null)
            services.Metrics.Collapsed(1 + (found.Flight?.Followers ?? 0));

        // Where the answer named another header in Vary, those who wait may want another variant. Where the client went away, one of
        // them takes over.
        if (!request.IsAborted)
            found.Flight?.Land(entry.Key == found.Lookup.Key ? new Landing(entry) : isStored ? Landing.Elsewhere : Landing.NotShareable);
    }

    private CacheOutcome Store(CacheEntry entry, IReadOnlyList<string> selecting) =>
        !request.IsCacheOn ? CacheOutcome.Disabled
        : request.Probe is not null ? CacheOutcome.Stored
        : found.Lookup.Stamp is null ? CacheOutcome.Unreachable
        : request.IsHead ? CacheOutcome.Head
        : request.IsAborted ? CacheOutcome.Aborted
        : TryStoreVaryMarker(entry, selecting) && services.Store.TryStore(_policy, entry) ? CacheOutcome.Stored : CacheOutcome.Stopping;

    /// <summary>Lets those who come next know which headers select, where this response names more than the ones before it.</summary>
    private bool TryStoreVaryMarker(CacheEntry entry, IReadOnlyList<string> selecting) => selecting.Count == found.Lookup.Selecting.Count
        || services.Store.TryStore(_policy, EntryBuilder.VaryMarker(entry, request.KeyOf([]), selecting));

    private void Report(CacheOutcome outcome) => services.Report(_http, outcome, CacheStatus.Forward(found.Lookup.ForwardReason));
}
