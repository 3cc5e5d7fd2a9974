namespace UsersApi.Caching.Store;

/// <summary>
/// Hot responses in this process's memory, bounded in bytes. It knows nothing of versions: what it holds is served like what
/// Redis holds, only while its stamp is the current one.
/// </summary>
internal sealed class NearCache(IOptions<RedisCachedOptions> options) : ClockCache<string, CacheEntry>(options.Value.NearCacheBytes)
{
    /// <summary>Keeps an entry whose stamp was the current one, if it fits in, and is hot enough.</summary>
    public void Keep(CacheEntry entry)
    {
        if (!ReferenceEquals(Find(entry.Key), entry) && entry.Size <= Limit / 4)
            Put(entry.Key, entry, entry.Size);
    }
}
