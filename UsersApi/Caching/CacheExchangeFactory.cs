using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>What every exchange needs.</summary>
internal sealed class CacheExchangeFactory(
    CacheStore store, CacheFlights flights, Revalidator revalidator, KeyDimensions dimensions, IOptionsMonitor<RedisCachedOptions> options, TimeProvider time, CacheMetrics metrics,
    ILogger<CacheExchange> logger)
{
    public CacheStore Store => store;

    public CacheFlights Flights => flights;

    public Revalidator Revalidator => revalidator;

    public KeyDimensions Dimensions => dimensions;

    public RedisCachedOptions Options => options.CurrentValue;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public CacheMetrics Metrics => metrics;

    public void ReportBypass(HttpContext http, CacheOutcome outcome)
    {
        CacheStatus.SetForward(http, Options.Name, outcome, "bypass");
        metrics.Request(outcome);
    }

    public void ReportRefusal(HttpContext http)
    {
        CacheStatus.SetRefused(http, Options.Name);
        metrics.Request(CacheOutcome.OnlyIfCached);
    }

    public CacheExchange Create(ActionExecutingContext context, CachePolicy policy) => new(this, context, policy);
}
