using System.Diagnostics.Metrics;
using System.Text.Json;
using UsersApi.Caching.Diagnostics;

namespace UsersApi.Caching.Operations;

/// <summary>Counts what the canary's comparisons came to.</summary>
internal sealed class CanaryMetrics(IMeterFactory factory)
{
    private readonly Counter<long> _comparisons = factory.Create(CacheMetrics.MeterName).CreateCounter<long>(
        "cache.canary.comparisons", "{comparison}", "Hits whose action ran again in the background, by what the comparison came to.");

    public void Compared(CanaryResult result) => _comparisons.Add(1, TagOf(result));

    /// <summary>What has not happened yet is 0 and not absent: a first difference is an increase then.</summary>
    public void BeginAtZero() => _comparisons.Add(0, TagOf(CanaryResult.Different));

    private static KeyValuePair<string, object?> TagOf(CanaryResult result) =>
        new("cache.canary.result", JsonNamingPolicy.KebabCaseLower.ConvertName(result.ToString()));
}

/// <summary>What a comparison of the canary came to.</summary>
internal enum CanaryResult
{
    /// <summary>The action gave the stored response again.</summary>
    Same,

    /// <summary>It gave another one, and the stored one was evicted or expired soon after.</summary>
    Evicted,

    /// <summary>It gave another one, and the stored one is still served.</summary>
    Different,

    /// <summary>There was nothing to compare: the action failed, or the request did not reach it any more.</summary>
    Failed,
}
