using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Store;

namespace UsersApi.Caching.Operations;

/// <summary>Reads entries as they stand, whether they may be served or not.</summary>
internal sealed class StoredEntries(
    [FromKeyedServices(CacheStore.ServiceKey)] IDistributedCache cache, CacheWriteQueue queue, NearCache near)
{
    /// <summary>Null where nothing that can be read stands under this key.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">This node has none in memory, and Redis is away, or refuses.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task<CacheEntry?> FindAsync(string key)
    {
        if (queue.TryFind(key, out var queued))
            return queued;

        try
        {
            var bytes = await cache.GetAsync(key);
            return bytes is not null && CacheEntryFormat.Read(bytes) is { } entry && entry.Key == key ? entry : near.Find(key);
        }
        catch (Exception error) when (error is StackExchange.Redis.RedisException or TimeoutException && near.Find(key) is not null)
        {
            return near.Find(key);
        }
    }
}
