using System.Runtime.CompilerServices;

namespace UsersApi.Caching.Pipeline;

/// <summary>What every request to a cached action needs.</summary>
internal sealed record CacheServices(
    CachePolicies Policies, KeyDimensions Dimensions, RequestLookup Lookup, MissLimiter Misses, CacheFlights Flights, CacheStore Store,
    IOptionsMonitor<RedisCachedOptions> Monitor, TimeProvider Time, CacheMetrics Metrics, ILogger<RedisCachedFilter> Logger,
    IHitObserver? Observer = null)
{
    private readonly StrongBox<RedisCachedOptions> _live = Live(Monitor);

    /// <summary>The settings as they are now; where somebody made a mistake in them since, the last ones without.</summary>
    public RedisCachedOptions Options => _live.Value!;

    /// <summary>Sends a response that was found.</summary>
    public async Task DeliverAsync(CachedRequest request, Answer answer)
    {
        using var span = CacheTraces.Delivery();
        span.Note(answer.Outcome);
        var now = Time.GetUtcNow();
        if (answer.Outcome is CacheOutcome.Collapsed)
        {
            ReportForward(request.Http, answer.Outcome, answer.ForwardReason);
        }
        else
        {
            var ttl = (answer.Entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000;
            CacheStatus.SetHit(request.Http, request.Options.Name, answer.Outcome, ttl);
            Metrics.Request(request.Http, answer.Outcome);
            if (answer.Outcome is CacheOutcome.Hit)
                Observer?.Hit(request, answer.Entry);
        }

        await new ResponseDelivery(request, now).SendAsync(answer.Entry, isHit: true);
    }

    /// <summary>The request went to the action, for this reason (RFC 9211, section 2.2).</summary>
    public void ReportForward(HttpContext http, CacheOutcome outcome, string reason)
    {
        CacheStatus.SetForward(http, Options.Name, outcome, reason);
        Count(http, outcome);
    }

    public void ReportRefusal(HttpContext http, CacheOutcome outcome)
    {
        CacheStatus.SetRefused(http, Options.Name, outcome);
        Count(http, outcome);
    }

    private static StrongBox<RedisCachedOptions> Live(IOptionsMonitor<RedisCachedOptions> monitor)
    {
        var live = new StrongBox<RedisCachedOptions>(monitor.CurrentValue);
        monitor.OnChange(options => live.Value = options);
        return live;
    }

    // What an operator or the canary asks is none of the clients' requests.
    private void Count(HttpContext http, CacheOutcome outcome)
    {
        if (!CacheProbe.IsOne(http))
            Metrics.Request(http, outcome);
    }
}
