using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>
/// Hot responses in this process's memory, bounded in bytes, the least recently used out first. It knows nothing of versions:
/// what it holds is served like what Redis holds, only while its stamp is the current one.
/// </summary>
internal sealed class NearCache(IOptions<RedisCachedOptions> options, TimeProvider time) : IDisposable
{
    private readonly MemoryCache? _entries = options.Value.NearCacheBytes is > 0 and var bytes
        ? new MemoryCache(new MemoryCacheOptions { SizeLimit = bytes })
        : null;

    private long _distrusted = long.MinValue;

    public CacheEntry? Find(string key) => Holding(key)?.Entry;

    /// <summary>The entry, if its versions were read so shortly ago that it may be served without reading them.</summary>
    public CacheEntry? FindTrusted(string key, TimeSpan age) =>
        Holding(key) is { } held && held.Checked > Volatile.Read(ref _distrusted) && time.GetElapsedTime(held.Checked) < age ? held.Entry : null;

    /// <summary>Keeps an entry whose stamp was the current one.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="asked">The timestamp from before its versions were asked for.</param>
    public void Keep(CacheEntry entry, long asked)
    {
        if (_entries is null)
            return;

        if (Holding(entry.Key) is { } held && ReferenceEquals(held.Entry, entry))
            held.Checked = asked;
        else if (entry.Size <= options.Value.NearCacheBytes / 4)
            _entries.Set(entry.Key, new Held(entry, asked), new MemoryCacheEntryOptions { Size = entry.Size });
    }

    /// <summary>From now on nothing is served before its versions were read again.</summary>
    public void DistrustAll() => Volatile.Write(ref _distrusted, time.GetTimestamp());

    public void Dispose() => _entries?.Dispose();

    private Held? Holding(string key) => _entries is not null && _entries.TryGetValue(key, out Held? held) ? held : null;

    private sealed class Held(CacheEntry entry, long asked)
    {
        private long _checked = asked;

        public CacheEntry Entry => entry;

        public long Checked { get => Volatile.Read(ref _checked); set => Volatile.Write(ref _checked, value); }
    }
}
