namespace UsersApi.Caching.Pipeline;

/// <summary>What every request to a cached action needs.</summary>
internal sealed record CacheServices(
    CachePolicies Policies, KeyDimensions Dimensions, RequestLookup Lookup, MissLimiter Misses, CacheFlights Flights, CacheStore Store,
    KillSwitch Switch, IOptions<RedisCachedOptions> Settings, TimeProvider Time, CacheMetrics Metrics, ILogger<RedisCachedFilter> Logger,
    IHitObserver? Observer = null)
{
    public RedisCachedOptions Options { get; } = Settings.Value;

    /// <summary>Sends a response that was found.</summary>
    public async Task DeliverAsync(CachedRequest request, Answer answer)
    {
        using var span = CacheTraces.Start("cache delivery");
        span.Note(answer.Outcome);
        var now = Time.GetUtcNow();
        if (answer.Outcome is CacheOutcome.Collapsed)
        {
            ReportForward(request.Http, answer.Outcome, answer.ForwardReason);
        }
        else
        {
            var ttl = (answer.Entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000;
            CacheStatus.SetHit(request.Http, Options.Name, answer.Outcome, ttl);
            Count(request.Http, answer.Outcome);
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

    // What the cache or an operator asks is none of the clients' requests: a hit ratio is theirs.
    private void Count(HttpContext http, CacheOutcome outcome)
    {
        if (RedisCachedOwnRequest.Of(http) is null)
            Metrics.Request(http, outcome);
    }
}
