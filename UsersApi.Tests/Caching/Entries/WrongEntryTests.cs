using System.Text;
using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Http;

namespace UsersApi.Tests.Caching.Entries;

/// <summary>What else may stand in Redis where an entry should be.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class WrongEntryTests
{
    private static readonly Type[] Controllers = [typeof(NodeTests.NodesController)];

    [TestCase("truncated"), TestCase("corrupt"), TestCase("foreign"), TestCase("future"), TestCase("empty"), TestCase("other"), TestCase("string")]
    public async Task Wrong_entry_in_Redis_is_a_miss_and_is_replaced(string kind)
    {
        var prefix = $"test:{Guid.NewGuid():N}:";
        await using (var first = await CachedHost.StartAsync(Controllers, prefix: prefix))
        {
            await first.ExchangeAsync("GET", "/nodes/value");
            await first.ExchangeAsync("GET", "/nodes/value?n=2");
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var key = $"{prefix}v{CacheEntry.FormatRevision}:get:/nodes/value:n=1";
        var good = (byte[])(await redis.GetDatabase().HashGetAsync(key, "data"))!;
        Assert.That(good, Is.Not.Null.And.Length.GreaterThan(10));
        if (kind == "string")
        {
            await redis.GetDatabase().KeyDeleteAsync(key);
            await redis.GetDatabase().StringSetAsync(key, "not a hash");
        }
        else
        {
            await redis.GetDatabase().HashSetAsync(key, "data", kind switch
            {
                "truncated" => good[..^1],
                "corrupt" => [.. good[..^1], (byte)(good[^1] ^ 1)],
                "foreign" => Encoding.UTF8.GetBytes("{\"some\":\"thing else\"}\nbody"),
                "future" => Reviewed(good),
                "other" => (byte[])(await redis.GetDatabase().HashGetAsync($"{prefix}v{CacheEntry.FormatRevision}:get:/nodes/value:n=2", "data"))!,
                _ => [],
            });
        }

        await using (var second = await CachedHost.StartAsync(Controllers, prefix: prefix))
        {
            var miss = await second.ExchangeAsync("GET", "/nodes/value");
            Assert.That((miss.Outcome, miss.Text), Is.EqualTo(("fwd=uri-miss; stored", "value 1")));
        }

        await using var third = await CachedHost.StartAsync(Controllers, prefix: prefix);
        var hit = await third.ExchangeAsync("GET", "/nodes/value");
        Assert.That((hit.Outcome, hit.Text), Is.EqualTo(("hit; ttl=60", "value 1")));
    }

    private static byte[] Reviewed(byte[] entry)
    {
        var read = CacheEntryFormat.Read(entry)!;
        return CacheEntryFormat.Write(read with { Revision = CacheEntry.FormatRevision + 1 });
    }
}
