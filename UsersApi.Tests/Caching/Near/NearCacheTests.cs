using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Near;

/// <summary>Memory serves bodies, and never one that Redis's versions do not vouch for.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class NearCacheTests
{
    [Test]
    public async Task Hit_under_a_lease_asks_Redis_for_nothing()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StoredAsync(redis.ConnectionString);
        // The clock stands still, so a lease that is held once is held until the end.
        var known = host.Services.GetRequiredService<KnownVersions>();
        Assert.That(SpinWait.SpinUntil(() => known.IsHeld, TimeSpan.FromSeconds(30)));
        await Get(host);

        var commands = await redis.MonitorAsync(async () => Assert.That((await Get(host)).Outcome, Is.EqualTo("hit; ttl=60")));

        Assert.That(commands, Has.None.Contain(host.Prefix));
    }

    [Test]
    public async Task Hit_without_leases_reads_the_versions_and_nothing_else()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StoredAsync(redis.ConnectionString, leases: false);

        var commands = await redis.MonitorAsync(async () => Assert.That((await Get(host)).Outcome, Is.EqualTo("hit; ttl=60")));

        Assert.That(commands.Where(line => line.Contains("EVAL", StringComparison.Ordinal)), Has.Exactly(1).Items);
        Assert.That(commands, Has.None.Contain(host.Prefix + $"v{CacheEntry.FormatRevision}:get:"));
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

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/near/plain/1");

    private static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings = null, string? prefix = null, string? redis = null) =>
        CachedHost.StartAsync([typeof(NearController)], settings, prefix: prefix, redis: redis);

    private static async Task<CachedHost> StoredAsync(string? redis = null, bool leases = true)
    {
        var host = await StartAsync(leases ? null : new() { ["Leases"] = "false" }, redis: redis);
        await Get(host);
        while ((await host.KeysAsync()).Length == 0)
        {
            // It is on its way to Redis.
        }

        return host;
    }
}
