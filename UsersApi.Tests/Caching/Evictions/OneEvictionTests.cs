using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Http;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>What one write changes is evicted by one command: each more is another wait for all holders of leases.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class OneEvictionTests
{
    [TestCase("POST", "/items?location=/items/5", 201), TestCase("PUT", "/items/5", 204), TestCase("POST", "/items/tags/1", 204)]
    [TestCase("POST", "/items/tags/1?location=/items/5", 204)]
    public async Task Write_is_one_eviction_with_all_its_tags_and_locations(string method, string target, int status)
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await CachedHost.StartAsync([typeof(EvictionTests.ItemsController)], redis: redis.ConnectionString);
        await host.ExchangeAsync("GET", "/items/5");

        var commands = await redis.MonitorAsync(async () =>
            Assert.That((await host.ExchangeAsync(method, target)).Status, Is.EqualTo(status)));

        Assert.That(commands.Count(line => line.Contains("\"eviction\\n", StringComparison.Ordinal)), Is.EqualTo(1), string.Join('\n', commands));
    }
}
