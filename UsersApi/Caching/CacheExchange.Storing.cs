using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching;

/// <content>What happens when the action has to run.</content>
internal sealed partial class CacheExchange
{
    /// <summary>Whether a body past the cap has begun to stream through.</summary>
    public bool HasOverflowed => _capture is { Overflowed: true };

    /// <summary>Runs a stage while its response is captured.</summary>
    public async Task<T> CaptureAsync<T>(Func<Task<T>> stage)
        where T : class
    {
        T? executed = null;
        _capture ??= new ResponseCapture(_http, _policy.Key, _options.MaxBodyBytes, PrepareOverflow);
        _capture.Begin();
        try
        {
            executed = await stage();
            return executed;
        }
        finally
        {
            _capture.End();
            if (executed is null)
                Abandon();
        }
    }

    /// <summary>Stores what was captured, if it may be, and sends it.</summary>
    /// <param name="isReplayable">False where filters changed the result in a way that a stored response could not show.</param>
    public async Task CompleteAsync(bool isReplayable)
    {
        var capture = _capture!;
        var body = await capture.CompleteAsync();
        if (capture.Overflowed)
            return;

        // The action is over. How fast its client reads is no reason for others to wait.
        _turn?.Dispose();

        var now = Now;
        var delivery = new ResponseDelivery(_http, _policy, now);
        if (_http.Response.StatusCode >= StatusCodes.Status500InternalServerError && TryUseStaleIfError(null))
        {
            await DeliverAsync();
            return;
        }

        var (judged, seconds, mayBeStale) = Storability.Judge(_http.Response, _policy, capture, body.Length, now);
        if (judged is not CacheOutcome.Stored || !isReplayable)
        {
            Refuse(isReplayable ? judged : CacheOutcome.NotReplayable);
            await delivery.SendAsIsAsync(body);
            return;
        }

        var jitter = seconds * 10L * _options.JitterPercent * RandomNumberGenerator.GetInt32(1_001) / 1_000;
        var freshUntil = now.ToUnixTimeMilliseconds() + (seconds * 1_000L) - jitter;
        var entry = EntryBuilder.Build(_http.Response, capture.Headers, body, _options) with
        {
            Key = Key,
            Action = _policy.ActionId,
            Stamp = _lookup.Stamp ?? "",
            Stored = now.ToUnixTimeMilliseconds(),
            FreshUntil = freshUntil,
            KeepUntil = freshUntil + (mayBeStale ? Math.Max(_policy.StaleSeconds, _policy.StaleIfErrorSeconds) * 1_000L : 0),
        };
        capture.Headers.Revert();
        Report(Store(entry));
        Land(entry);
        await delivery.SendAsync(entry, isHit: false);
    }

    /// <summary>Why the action had to run: a word of RFC 9211, section 2.2.</summary>
    private string Forward() =>
        !_options.Enabled || _lookup.Stamp is null ? "bypass"
        : _isRefused || _directives.NoCache ? "request"
        : _lookup.IsOutdated ? "stale" : "uri-miss";

    /// <summary>Sends on what the action wrote by itself.</summary>
    public async Task ReleaseAsync()
    {
        if (_capture is not null)
            await _http.Response.Body.WriteAsync(await _capture.CompleteAsync());

        Abandon();
    }

    /// <summary>
    /// Whether the result is the action's own: one that an outer filter put in its place may depend on this one request. MVC's
    /// problem details for a bare status (4xx) do not.
    /// </summary>
    public bool IsOwnResult(ResultExecutingContext context) => !_policy.Accept.IsNarrowed(context)
        && (context.Result == Result || (Result is IClientErrorActionResult && context.Result is ObjectResult { Value: ProblemDetails }));

    private bool PrepareOverflow()
    {
        Refuse(CacheOutcome.TooLarge);
        return new ResponseDelivery(_http, _policy, Now).PrepareAsIs();
    }

    /// <summary>An answer for this client alone; those who wait for it run the action themselves, and for a while nobody waits.</summary>
    private void Refuse(CacheOutcome outcome)
    {
        Report(outcome);
        _flight?.Land(new Landed(null));
        if (_flight is not null)
            _shared.Flights.RememberUncacheable(_flightKey);
    }

    private void Land(CacheEntry entry)
    {
        if (_http.RequestAborted.IsCancellationRequested)
            Abandon();
        else
            // Where the answer named another Vary, those who wait may want another variant.
            _flight?.Land(new Landed(_flightKey.EndsWith('\n' + entry.Key, StringComparison.Ordinal) ? entry : null));
    }

    private CacheOutcome Store(CacheEntry entry) =>
        !_options.Enabled ? CacheOutcome.Disabled
        : _lookup.Stamp is null ? CacheOutcome.Unreachable
        : HttpMethods.IsHead(_http.Request.Method) ? CacheOutcome.Head
        : _directives.NoStore ? CacheOutcome.RequestNoStore
        : _http.RequestAborted.IsCancellationRequested ? CacheOutcome.Aborted
        : _shared.Store.TryStore(_policy, entry) ? CacheOutcome.Stored : CacheOutcome.Stopping;

    private void Report(CacheOutcome outcome)
    {
        CacheStatus.SetForward(_http, _options.Name, outcome, Forward());
        _shared.Metrics.Request(outcome);
    }
}
