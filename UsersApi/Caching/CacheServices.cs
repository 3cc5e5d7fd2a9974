using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>What every exchange needs.</summary>
internal sealed record CacheServices(
    CachePolicies Policies, CacheStore Store, CacheFlights Flights, MissLimiter Misses, Revalidator Revalidator, KeyDimensions Dimensions, EarlyHits EarlyHits,
    IOptionsMonitor<RedisCachedOptions> Monitor, TimeProvider Time, CacheMetrics Metrics, ILogger<CacheExchange> Logger)
{
    public RedisCachedOptions Options => Monitor.CurrentValue;

    public void ReportBypass(HttpContext http, CacheOutcome outcome)
    {
        CacheStatus.SetForward(http, Options.Name, outcome, "bypass");
        Metrics.Request(outcome);
    }

    public void ReportRefusal(HttpContext http, CacheOutcome outcome)
    {
        CacheStatus.SetRefused(http, Options.Name, outcome);
        Metrics.Request(outcome);
    }
}
