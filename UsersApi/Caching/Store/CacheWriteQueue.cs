using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace UsersApi.Caching.Store;

/// <summary>
/// Responses on their way to Redis. A request never waits for it: when it is full, the oldest goes. Until a response has
/// arrived it is found here, so that a GET right after a miss is a hit.
/// </summary>
internal sealed class CacheWriteQueue(IOptions<RedisCachedOptions> options, CacheMetrics metrics)
{
    private readonly Channel<CacheEntry> _channel = Channel.CreateUnbounded<CacheEntry>();
    private readonly ConcurrentDictionary<string, CacheEntry> _latest = new(StringComparer.Ordinal);
    private long _bytes;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What waits longest; null where nothing does.</summary>
    public CacheEntry? Oldest => _channel.Reader.TryPeek(out var oldest) ? oldest : null;

    /// <summary>Takes an entry in; of two with one key, only the later will be written.</summary>
    /// <returns>False after <see cref="Complete"/>.</returns>
    public bool TryEnqueue(CacheEntry entry)
    {
        Add(entry, +1);
        _latest[entry.Key] = entry;
        if (!_channel.Writer.TryWrite(entry))
        {
            Finish(entry);
            return false;
        }

        while ((Count > options.Value.QueueEntries || Bytes > options.Value.QueueBytes) && _channel.Reader.TryRead(out var oldest))
        {
            Finish(oldest);
            metrics.QueueDropped(1);
        }

        return true;
    }

    public bool TryFind(string key, [NotNullWhen(true)] out CacheEntry? entry) => _latest.TryGetValue(key, out entry);

    public IAsyncEnumerable<CacheEntry> ReadAllAsync(CancellationToken cancel) => _channel.Reader.ReadAllAsync(cancel);

    /// <summary>Whether no later entry has taken this one's place.</summary>
    public bool IsLatest(CacheEntry entry) => _latest.TryGetValue(entry.Key, out var latest) && ReferenceEquals(latest, entry);

    /// <summary>The entry is in Redis, or never will be.</summary>
    public void Finish(CacheEntry entry)
    {
        _latest.TryRemove(KeyValuePair.Create(entry.Key, entry));
        Add(entry, -1);
        entry.Claim?.Dispose();
    }

    /// <summary>Takes nothing more in, so that what is there can drain.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    private void Add(CacheEntry entry, int sign)
    {
        Interlocked.Add(ref _count, sign);
        Interlocked.Add(ref _bytes, sign * entry.Size);
    }
}
