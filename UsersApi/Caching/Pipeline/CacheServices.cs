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
        var ttl = (answer.Entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000;
        var isCollapsed = answer.Outcome is CacheOutcome.Collapsed;
        Report(request.Http, answer.Outcome, isCollapsed ? CacheStatus.Forward(answer.ForwardReason) : CacheStatus.Hit(ttl));
        if (answer.Outcome is CacheOutcome.Hit)
            Observer?.Hit(request, answer.Entry);

        await new ResponseDelivery(request, now).SendAsync(answer.Entry, isHit: true);
    }

    /// <summary>Says what became of a request, to its client and to the metrics.</summary>
    /// <param name="http">The request.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="way">What way it went, see <see cref="CacheStatus"/>.</param>
    public void Report(HttpContext http, CacheOutcome outcome, string way)
    {
        CacheStatus.Add(http, Options.Name, way, outcome);
        // What the cache or an operator asks is none of the clients' requests: a hit ratio is theirs.
        if (RedisCachedOwnRequest.Of(http) is null)
            Metrics.Request(http, outcome);
    }
}
