using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.OutputCaching;
using StackExchange.Redis;

namespace UsersApi.Bench.Subjects;

/// <summary>
/// OutputCaching on Redis, through the interface that spares copies. The framework's own store is a package that not every
/// feed has; this does what it does: one GET to read, one SET to write, and a sorted set of keys for each tag.
/// </summary>
internal sealed class RedisOutputCacheStore(IDatabase redis) : IOutputCacheBufferStore
{
    private const string Prefix = RedisServiceCollectionExtensions.KeyPrefix + "output:";

    public async ValueTask<bool> TryGetAsync(string key, PipeWriter destination, CancellationToken cancellationToken)
    {
        using var lease = await redis.StringGetLeaseAsync(Prefix + key);
        if (lease is null)
            return false;

        await destination.WriteAsync(lease.Memory, cancellationToken);
        return true;
    }

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) => await redis.StringGetAsync(Prefix + key);

    public async ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, ReadOnlyMemory<string> tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        if (value.IsSingleSegment)
        {
            await SetAsync(key, value.First, tags, validFor);
            return;
        }

        var length = checked((int)value.Length);
        var joined = ArrayPool<byte>.Shared.Rent(length);
        value.CopyTo(joined);
        await SetAsync(key, joined.AsMemory(0, length), tags, validFor);
        ArrayPool<byte>.Shared.Return(joined);
    }

    public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken) =>
        SetAsync(key, value, tags, validFor);

    public async ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken)
    {
        var keys = await redis.SortedSetRangeByRankAsync(KeyOf(tag));
        await redis.KeyDeleteAsync([.. keys.Select(key => (RedisKey)(Prefix + key)), KeyOf(tag)]);
    }

    private static RedisKey KeyOf(string tag) => Prefix + "tag:" + tag;

    private async ValueTask SetAsync(string key, ReadOnlyMemory<byte> value, ReadOnlyMemory<string> tags, TimeSpan validFor)
    {
        // By expiry, as the framework does, who can then take out what has expired.
        var expires = DateTimeOffset.UtcNow.Add(validFor).ToUnixTimeMilliseconds();
        for (var i = 0; i < tags.Length; i++)
            await redis.SortedSetAddAsync(KeyOf(tags.Span[i]), key, expires, SortedSetWhen.GreaterThan);

        await redis.StringSetAsync(Prefix + key, value, validFor);
    }
}
