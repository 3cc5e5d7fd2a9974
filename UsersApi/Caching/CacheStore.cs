using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>What a lookup found.</summary>
/// <param name="Entry">A response that may be served; null on a miss.</param>
/// <param name="Stamp">The versions under which a new response may be stored; null where they could not be read.</param>
/// <param name="Stale">A response that was not evicted and is no longer fresh.</param>
/// <param name="IsOutdated">Whether there was one that may not be served as fresh.</param>
internal readonly record struct Lookup(CacheEntry? Entry, string? Stamp, CacheEntry? Stale, bool IsOutdated);

/// <summary>Looks responses up, in the queue and in the distributed cache, and takes in new ones.</summary>
internal sealed class CacheStore(
    [FromKeyedServices(RedisCachedServiceCollectionExtensions.ServiceKey)] IDistributedCache cache,
    ITagVersions versions,
    CacheWriteQueue queue,
    IOptions<RedisCachedOptions> options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger<CacheStore> logger)
{
    /// <summary>
    /// Entry and versions in one round trip. Only the freshness of the versions matters: whatever body turns up is served
    /// only if its stamp equals the one read now.
    /// </summary>
    public async ValueTask<Lookup> FindAsync(CachePolicy policy, string key, IReadOnlyList<string> tags)
    {
        var reading = queue.TryFind(key, out var queued) ? Task.FromResult<CacheEntry?>(queued) : ReadAsync(key);
        if (await versions.ReadAsync(tags) is not { } stamp)
            return default;

        var entry = await reading;
        if (entry is null || entry.Key != key || entry.Action != policy.ActionId)
            return new Lookup(null, stamp, null, IsOutdated: false);

        if (entry.Stamp != stamp)
            return new Lookup(null, stamp, null, IsOutdated: true);

        return entry.FreshUntil > time.GetUtcNow().ToUnixTimeMilliseconds()
            ? new Lookup(entry, stamp, null, IsOutdated: false)
            : new Lookup(null, stamp, entry, IsOutdated: true);
    }

    public bool TryStore(CacheEntry entry) => queue.TryEnqueue(entry);

    /// <summary>The entry as it stands in the store; every failure is a miss.</summary>
    private async Task<CacheEntry?> ReadAsync(string key)
    {
        try
        {
            var bytes = await BytesAsync(key).WaitAsync(TimeSpan.FromMilliseconds(options.Value.EntryTimeoutMs), time);
            return bytes.IsEmpty ? null : CacheEntryFormat.Read(bytes);
        }
        catch (Exception error)
        {
            metrics.ReadFailed();
            CacheLog.ReadFailed(logger, error.GetType().Name);
            return null;
        }
    }

    private async Task<ReadOnlyMemory<byte>> BytesAsync(string key)
    {
        if (cache is not IBufferDistributedCache buffered)
            return await cache.GetAsync(key);

        // The buffer belongs to this call until it completes, even when nobody waits for it any more: it is never pooled.
        var buffer = new ArrayBufferWriter<byte>();
        return await buffered.TryGetAsync(key, buffer) ? buffer.WrittenMemory : default;
    }
}
