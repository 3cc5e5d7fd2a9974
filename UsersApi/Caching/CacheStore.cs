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
    [FromKeyedServices(RedisCachedServiceCollectionExtensions.SmallServiceKey)] IDistributedCache small,
    ITagVersions versions,
    CacheWriteQueue queue,
    NearCache near,
    IOptions<RedisCachedOptions> options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger<CacheStore> logger)
{
    // What a slow network still carries; a body is read on a connection that others read theirs on.
    private const int BytesPerMs = 10_000;

    // As long as an action's entries are known to be no larger, they travel with the versions, and hold them up no longer than a packet or two.
    private const int SmallBytes = 16 * 1024;

    /// <summary>
    /// Entry and versions in one round trip. Only the freshness of the versions matters: whatever body turns up is served
    /// only if its stamp equals the one read now.
    /// </summary>
    public async ValueTask<Lookup> FindAsync(CachePolicy policy, string key, IReadOnlyList<string> tags)
    {
        var (asked, now) = (time.GetTimestamp(), time.GetUtcNow().ToUnixTimeMilliseconds());
        if (policy.Local > TimeSpan.Zero && near.FindTrusted(key, policy.Local) is { } trusted && trusted.Action == policy.ActionId && trusted.FreshUntil > now)
            return new Lookup(trusted, trusted.Stamp, null, IsOutdated: false);

        var entry = FindInMemory(policy, key);
        // Right behind the command for the versions, and not at all where a Redis that is left alone is not asked for them either.
        var behind = entry is null ? new EntryRead(this, policy, key) : null;
        if (await versions.ReadAsync(tags, behind is null ? null : behind.Start) is not { } snapshot)
        {
            await Task.Yield();
            return default;
        }

        var stamp = snapshot.StampOf(tags);

        // A hit from memory leaves on the thread that brought the versions. All else may take long, and others wait behind it.
        if (entry is null || entry.Stamp != stamp || entry.FreshUntil <= now)
            await Task.Yield();

        // Another node may have stored a later one than memory has.
        if (entry is null || entry.Stamp != stamp || entry.FreshUntil <= now)
            entry = await (behind?.Entry ?? ReadAsync(policy, key)) ?? entry;

        if (entry?.Stamp != stamp)
            return new Lookup(null, stamp, null, IsOutdated: entry is not null);

        near.Keep(entry, asked);
        return entry.FreshUntil > now
            ? new Lookup(entry, stamp, null, IsOutdated: false)
            : new Lookup(null, stamp, entry, IsOutdated: true);
    }

    /// <summary>What this process itself has stored or read under this key; the caller compares the stamp.</summary>
    public CacheEntry? FindInMemory(CachePolicy policy, string key) =>
        (queue.TryFind(key, out var queued) ? queued : near.Find(key)) is { } entry && entry.Action == policy.ActionId ? entry : null;

    public bool TryStore(CachePolicy policy, CacheEntry entry)
    {
        policy.LargestEntry = Math.Max(policy.LargestEntry, entry.Length);
        // Not by LocalSeconds: its versions were read before the action ran.
        near.Keep(entry, long.MinValue);
        return queue.TryEnqueue(entry);
    }

    /// <summary>The entry as it stands in the store; every failure is a miss.</summary>
    private async Task<CacheEntry?> ReadAsync(CachePolicy policy, string key)
    {
        try
        {
            var limit = options.Value.EntryTimeoutMs + (policy.LargestEntry / BytesPerMs);
            // Not through IBufferDistributedCache: over Redis it reads an array all the same, and copies it.
            var from = policy.LargestEntry is > 0 and <= SmallBytes ? small : cache;
            var bytes = await from.GetAsync(key).WaitAsync(TimeSpan.FromMilliseconds(limit), time);
            policy.LargestEntry = Math.Max(policy.LargestEntry, bytes?.Length ?? 0);
            return bytes is not null && CacheEntryFormat.Read(bytes) is { } entry && entry.Key == key && entry.Action == policy.ActionId ? entry : null;
        }
        catch (Exception error)
        {
            metrics.ReadFailed();
            CacheLog.ReadFailed(logger, error.GetType().Name);
            return null;
        }
    }

    private sealed class EntryRead(CacheStore store, CachePolicy policy, string key)
    {
        public Task<CacheEntry?>? Entry { get; private set; }

        public void Start() => Entry = store.ReadAsync(policy, key);
    }
}
