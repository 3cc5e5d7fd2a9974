namespace UsersApi.Caching.Versions;

/// <summary>Evicts tags as attributes and applications name them.</summary>
internal sealed class TagEvictor(ITagVersions versions, TimeProvider time, CacheMetrics metrics)
{
    public async Task<bool> EvictAsync(IEnumerable<string> tags)
    {
        using var span = CacheTraces.Start("cache eviction");
        var began = time.GetTimestamp();
        string[] folded = [.. tags.Select(TagNames.Fold).Distinct(StringComparer.Ordinal)];
        var isAcknowledged = await versions.EvictAsync(folded);
        metrics.Evicted(time.GetElapsedTime(began), isAcknowledged);
        span?.SetTag("cache.acknowledged", isAcknowledged);
        return isAcknowledged;
    }
}
