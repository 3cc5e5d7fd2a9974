namespace UsersApi.Caching.Store;

/// <summary>
/// Hot responses in this process's memory, bounded in bytes. It knows nothing of versions: what it holds is served like what
/// Redis holds, only while its stamp is the current one.
/// </summary>
internal sealed class NearCache(IOptions<RedisCachedOptions> options)
{
    private readonly long _limit = options.Value.NearCacheBytes;
    private readonly ClockCache<string, CacheEntry> _entries = new(options.Value.NearCacheBytes);

    public ClockCache<string, CacheEntry> Entries => _entries;

    public CacheEntry? Find(string key) => _entries.Find(key);

    /// <summary>Keeps an entry whose stamp was the current one, if it fits in, and is hot enough.</summary>
    public void Keep(CacheEntry entry)
    {
        if (!ReferenceEquals(_entries.Find(entry.Key), entry) && entry.Size <= _limit / 4)
            _entries.Put(entry.Key, entry, entry.Size);
    }
}
