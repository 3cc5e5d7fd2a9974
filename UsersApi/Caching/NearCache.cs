using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>
/// Hot responses in this process's memory, bounded in bytes. It knows nothing of versions: what it holds is served like what
/// Redis holds, only while its stamp is the current one.
/// </summary>
internal sealed class NearCache(IOptions<RedisCachedOptions> options, TimeProvider time)
{
    private readonly long _limit = options.Value.NearCacheBytes;
    private readonly ClockCache<string, Held> _entries = new(options.Value.NearCacheBytes);

    private long _distrusted = long.MinValue;

    public CacheEntry? Find(string key) => _entries.Find(key)?.Entry;

    /// <summary>The entry, if its versions were read so shortly ago that it may be served without reading them.</summary>
    public CacheEntry? FindTrusted(string key, TimeSpan age) =>
        _entries.Find(key) is { } held && held.Checked > Volatile.Read(ref _distrusted) && time.GetElapsedTime(held.Checked) < age ? held.Entry : null;

    /// <summary>Keeps an entry whose stamp was the current one, if it fits in, and is hot enough.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="asked">The timestamp from before its versions were asked for.</param>
    public void Keep(CacheEntry entry, long asked)
    {
        if (_entries.Find(entry.Key) is { } held && ReferenceEquals(held.Entry, entry))
            held.Checked = asked;
        else if (entry.Size <= _limit / 4)
            _entries.Put(entry.Key, new Held(entry, asked), entry.Size);
    }

    /// <summary>From now on nothing is served before its versions were read again.</summary>
    public void DistrustAll() => Volatile.Write(ref _distrusted, time.GetTimestamp());

    private sealed class Held(CacheEntry entry, long asked)
    {
        private long _checked = asked;

        public CacheEntry Entry => entry;

        public long Checked { get => Volatile.Read(ref _checked); set => Volatile.Write(ref _checked, value); }
    }
}
