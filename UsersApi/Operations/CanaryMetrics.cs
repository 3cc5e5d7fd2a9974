using System.Diagnostics.Metrics;
using UsersApi.Caching.Diagnostics;

namespace UsersApi.Caching.Operations;

/// <summary>Counts what the canary's comparisons came to.</summary>
internal sealed class CanaryMetrics(IMeterFactory factory)
{
    private readonly Counter<long> _comparisons = factory.Create(CacheMetrics.MeterName).CreateCounter<long>(
        "cache.canary.comparisons", "{comparison}", "Hits whose action ran again behind, by what the comparison came to.");

    public void Compared(CanaryResult result) => _comparisons.Add(1, TagOf(result));

    /// <summary>What has not happened yet is 0 and not absent: a first difference is an increase then.</summary>
    public void BeginAtZero() => _comparisons.Add(0, TagOf(CanaryResult.Different));

    private static KeyValuePair<string, object?> TagOf(CanaryResult result) => new("cache.canary.result", result switch
    {
        CanaryResult.Same => "same",
        CanaryResult.Evicted => "evicted",
        CanaryResult.Different => "different",
        _ => "failed",
    });
}
