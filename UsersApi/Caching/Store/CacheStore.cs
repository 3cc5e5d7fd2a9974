using Microsoft.Extensions.Caching.Distributed;

namespace UsersApi.Caching.Store;

/// <summary>What a lookup found.</summary>
/// <param name="Key">The key under which it looked, in the end.</param>
/// <param name="Selecting">The headers that select between the responses of the resource, beyond those in every key.</param>
/// <param name="Stamp">The versions under which a new response may be stored; null where they could not be read.</param>
/// <param name="Entry">A response that may be served; null on a miss.</param>
/// <param name="Stale">A response that was not evicted and is no longer fresh.</param>
/// <param name="IsOutdated">Whether there was one that may not be served as fresh.</param>
internal sealed record StoreLookup(
    string Key, IReadOnlyList<string> Selecting, Stamp? Stamp = null, CacheEntry? Entry = null, CacheEntry? Stale = null,
    bool IsOutdated = false)
{
    /// <summary>Why the request goes to the action: a word of RFC 9211, section 2.2.</summary>
    public string ForwardReason => Stamp is null ? "bypass" : IsOutdated ? "stale" : "uri-miss";

    /// <summary>The stale response, where it may still be sent while a new one is made.</summary>
    public CacheEntry? StaleWhileRevalidate(long nowMs) => StaleWithin(Stale?.StaleSeconds ?? 0, nowMs);

    /// <summary>The stale response, where it may still be sent in the place of an error.</summary>
    public CacheEntry? StaleIfError(long nowMs) => StaleWithin(Stale?.StaleIfErrorSeconds ?? 0, nowMs);

    private CacheEntry? StaleWithin(int seconds, long nowMs) =>
        Stale is not null && nowMs < Stale.FreshUntil + (seconds * 1_000L) ? Stale : null;
}

/// <summary>Looks responses up, in the queue, in memory and in the distributed cache, and takes in new ones.</summary>
internal sealed class CacheStore(
    [FromKeyedServices(CacheStore.ServiceKey)] IDistributedCache cache,
    ITagVersions versions,
    CacheWriteQueue queue,
    NearCache near,
    IOptions<RedisCachedOptions> options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger<CacheStore> logger)
{
    /// <summary>The key of the cache's own <see cref="IDistributedCache"/>; the application's own is left alone.</summary>
    public const string ServiceKey = "redis-cached";

    // What a slow network still carries; a body is read on a connection that others read theirs on.
    private const int BytesPerMs = 10_000;

    /// <summary>
    /// Only the freshness of the versions matters: whatever body turns up is served only if its stamp equals the current one.
    /// </summary>
    /// <param name="policy">The rules of the action.</param>
    /// <param name="keyOf">The key with the values of these headers.</param>
    /// <param name="tags">The tags of what would be found.</param>
    /// <param name="storedAfter">What was stored no later counts as stale: it is about to be renewed.</param>
    public async ValueTask<StoreLookup> FindAsync(
        CachePolicy policy, Func<IReadOnlyList<string>, string> keyOf, IReadOnlyList<string> tags, long storedAfter = 0)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (key, selecting, entry) = FindInMemory(policy, keyOf);
        var reading = versions.ReadAsync(tags);
        // While the versions are read, the entry is too. Where they are known, or Redis is left alone, it may not be needed at all.
        var stored = entry is null && !reading.IsCompleted ? ReadAsync(policy, key) : null;
        if (await reading is not { } stamp)
            return new StoreLookup(key, selecting);

        // Another node may have stored a later one than memory has.
        if (entry?.Stamp != stamp || !IsFresh(entry))
            entry = await (stored ?? ReadAsync(policy, key)) ?? entry;

        if (entry is { Selecting.Count: > 0 })
        {
            near.Keep(entry);
            (key, selecting) = (keyOf(entry.Selecting), entry.Selecting);
            var known = FindInMemory(policy, key);
            entry = known?.Stamp == stamp && IsFresh(known) ? known : await ReadAsync(policy, key) ?? known;
        }

        if (entry?.Stamp != stamp || entry.IsAheadOf(now))
            return new StoreLookup(key, selecting, stamp, IsOutdated: entry is not null);

        near.Keep(entry);
        return IsFresh(entry)
            ? new StoreLookup(key, selecting, stamp, entry)
            : new StoreLookup(key, selecting, stamp, Stale: entry, IsOutdated: true);

        bool IsFresh(CacheEntry found) => found.IsFreshAt(now) && found.Stored > storedAfter;
    }

    /// <summary>A fresh response that this process has, under versions that it knows: nothing is waited for.</summary>
    public CacheEntry? FindKnown(CachePolicy policy, Func<IReadOnlyList<string>, string> keyOf, IReadOnlyList<string> tags) =>
        FindInMemory(policy, keyOf).Entry is { } entry && entry.IsFreshAt(time.GetUtcNow().ToUnixTimeMilliseconds())
            && versions.FindKnown(tags) == entry.Stamp ? entry : null;

    /// <summary>What this process itself has stored or read under this key; the caller compares the stamp.</summary>
    public CacheEntry? FindInMemory(CachePolicy policy, string key) =>
        (queue.TryFind(key, out var queued) ? queued : near.Find(key)) is { } entry && entry.Action == policy.ActionId ? entry : null;

    private (string Key, IReadOnlyList<string> Selecting, CacheEntry? Entry) FindInMemory(
        CachePolicy policy, Func<IReadOnlyList<string>, string> keyOf)
    {
        var key = keyOf([]);
        var entry = FindInMemory(policy, key);
        if (entry is not { Selecting: { Count: > 0 } selecting })
            return (key, [], entry);

        key = keyOf(selecting);
        return (key, selecting, FindInMemory(policy, key));
    }

    public bool TryStore(CachePolicy policy, CacheEntry entry)
    {
        policy.LargestEntry = Math.Max(policy.LargestEntry, entry.Length);
        near.Keep(entry);
        return queue.TryEnqueue(entry);
    }

    /// <summary>The entry as it stands in the store; every failure is a miss.</summary>
    private async Task<CacheEntry?> ReadAsync(CachePolicy policy, string key)
    {
        try
        {
            var limit = options.Value.EntryTimeout + TimeSpan.FromMilliseconds(policy.LargestEntry / BytesPerMs);
            // Not through IBufferDistributedCache: over Redis it reads an array all the same, and copies it.
            var bytes = await cache.GetAsync(key).WaitAsync(limit, time);
            policy.LargestEntry = Math.Max(policy.LargestEntry, bytes?.Length ?? 0);
            return bytes is not null && CacheEntryFormat.Read(bytes) is { } entry
                && entry.Key == key && entry.Action == policy.ActionId ? entry : null;
        }
        catch (Exception error)
        {
            metrics.Failed("read");
            CacheLog.ReadFailed(logger, error.GetType().Name);
            return null;
        }
    }
}
