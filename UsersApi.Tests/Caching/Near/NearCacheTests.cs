using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Near;

/// <summary>Memory serves bodies, and never one that Redis's versions do not vouch for.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class NearCacheTests
{
    [Test]
    public async Task Hit_reads_the_versions_from_Redis_and_nothing_else()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StoredAsync(redis.ConnectionString);

        var commands = await redis.MonitorAsync(async () => Assert.That((await Get(host)).Outcome, Is.EqualTo("hit; ttl=60")));

        Assert.That(commands.Where(line => line.Contains("\"MGET\"", StringComparison.Ordinal)), Has.Exactly(1).Items);
        Assert.That(commands, Has.None.Contain(host.Prefix + $"v{CacheEntry.CurrentRevision}:get:"));
    }

    [Test]
    public async Task Eviction_on_another_node_is_seen_at_once()
    {
        await using var first = await StoredAsync();
        await using var second = await StartAsync(prefix: first.Prefix);

        Assert.That((await second.ExchangeAsync("PUT", "/near/plain/1")).Status, Is.EqualTo(204));

        Assert.That((await Get(first)).Outcome, Is.EqualTo("fwd=stale; stored"));
    }

    [Test]
    public async Task Later_response_of_another_node_takes_the_place_of_what_memory_has()
    {
        await using var first = await StoredAsync();
        await using var second = await StartAsync(prefix: first.Prefix);
        await second.ExchangeAsync("PUT", "/near/plain/1");
        var later = await second.ExchangeAsync("GET", "/near/plain/1");
        while ((await first.KeysAsync()).Length == 0 || (await Get(first)).Outcome != "hit; ttl=60")
        {
            // It is on its way to Redis.
        }

        Assert.That((await Get(first)).Text, Is.EqualTo(later.Text));
    }

    [Test]
    public async Task Memory_is_bounded_in_bytes_and_what_does_not_fit_is_still_cached()
    {
        await using var host = await StartAsync(new() { ["NearCacheBytes"] = "20000" });
        for (var i = 1; i <= 100; i++)
        {
            await host.ExchangeAsync("GET", $"/near/plain/{i}");
        }

        while ((await host.KeysAsync()).Length < 100)
        {
            // They are on their way to Redis.
        }

        var near = host.Services.GetRequiredService<NearCache>();
        Assert.That(Enumerable.Range(1, 100).Count(i => near.Find($"get:/near/plain/{i}") is not null), Is.LessThanOrEqualTo(20));
        for (var i = 1; i <= 100; i++)
        {
            Assert.That((await host.ExchangeAsync("GET", $"/near/plain/{i}")).Outcome, Is.EqualTo("hit; ttl=60"));
        }
    }

    [TestCase("/near/plain/1", true, TestName = "Small_entry_is_read_on_the_connection_of_the_versions")]
    [TestCase("/near/large/1", false, TestName = "Large_entry_is_read_on_a_connection_where_it_holds_no_versions_up")]
    public async Task Entry_is_read_on_the_connection_for_its_size(string target, bool isAlong)
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(new() { ["NearCacheBytes"] = "0" }, redis: redis.ConnectionString);
        await host.ExchangeAsync("GET", target);
        while (host.Services.GetRequiredService<CacheWriteQueue>().Count > 0)
        {
            // Until it is in Redis, it is found in the queue.
        }

        var commands = await redis.MonitorAsync(async () => Assert.That((await host.ExchangeAsync("GET", target)).Outcome, Is.EqualTo("hit; ttl=60")));

        // A line begins with the time, and the database and address of the client.
        string ClientThat(string sent) => commands.First(line => line.Contains(sent, StringComparison.Ordinal)).Split(']')[0].Split(' ')[^1];
        Assert.That(ClientThat($"v{CacheEntry.CurrentRevision}:get:") == ClientThat("\"MGET\""), Is.EqualTo(isAlong));
    }

    [Test]
    public async Task LocalSeconds_asks_Redis_for_nothing_until_they_are_over()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis: redis.ConnectionString);
        await host.ExchangeAsync("GET", "/near/local/1");
        await host.ExchangeAsync("GET", "/near/local/1");

        var commands = await redis.MonitorAsync(() => host.ExchangeAsync("GET", "/near/local/1"));
        Assert.That(commands, Has.None.Contain(host.Prefix));

        host.Time.Advance(TimeSpan.FromSeconds(5));
        var after = await redis.MonitorAsync(() => host.ExchangeAsync("GET", "/near/local/1"));
        Assert.That(after, Has.Some.Contain("\"MGET\""));
    }

    [Test]
    public async Task LocalSeconds_bound_how_long_a_write_on_another_node_is_not_seen_and_own_writes_are_seen_at_once()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync(prefix: first.Prefix);
        await first.ExchangeAsync("GET", "/near/local/1");
        var before = await first.ExchangeAsync("GET", "/near/local/1");

        await second.ExchangeAsync("PUT", "/near/local/1");
        var within = await first.ExchangeAsync("GET", "/near/local/1");
        first.Time.Advance(TimeSpan.FromSeconds(5));
        var past = await first.ExchangeAsync("GET", "/near/local/1");
        await first.ExchangeAsync("GET", "/near/local/1");
        await first.ExchangeAsync("PUT", "/near/local/1");
        var own = await first.ExchangeAsync("GET", "/near/local/1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((within.Text, within.Outcome), Is.EqualTo((before.Text, "hit; ttl=60")));
            Assert.That((past.Outcome, own.Outcome), Is.EqualTo(("fwd=stale; stored", "fwd=stale; stored")));
        }
    }

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/near/plain/1");

    private static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings = null, string? prefix = null, string? redis = null) =>
        CachedHost.StartAsync([typeof(NearController)], settings, prefix: prefix, redis: redis);

    private static async Task<CachedHost> StoredAsync(string? redis = null)
    {
        var host = await StartAsync(redis: redis);
        await Get(host);
        while ((await host.KeysAsync()).Length == 0)
        {
            // It is on its way to Redis.
        }

        return host;
    }
}
