using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Versions;

/// <summary>Evictions by code outside of a request, and the versions behind them.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class TagVersionTests
{
    [TestCase("run:1", "fwd=stale; stored", "hit; ttl=60"), TestCase("run:2", "hit; ttl=60", "fwd=stale; stored"), TestCase("all", "fwd=stale; stored", "fwd=stale; stored"), TestCase("run", "hit; ttl=60", "hit; ttl=60")]
    public async Task Code_outside_of_a_request_evicts_what_it_names(string tag, string first, string second)
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/tagged/1");
        await host.ExchangeAsync("GET", "/tagged/2");

        Assert.That(await host.Services.GetRequiredService<IRedisCacheEvictor>().EvictAsync(tag), Is.True);

        Assert.That(((await host.ExchangeAsync("GET", "/tagged/1")).Outcome, (await host.ExchangeAsync("GET", "/tagged/2")).Outcome), Is.EqualTo((first, second)));
    }

    [Test]
    public async Task Evictor_says_when_Redis_is_out_of_reach()
    {
        await using var host = await CachedHost.StartAsync(
            [typeof(TaggedController)], new() { ["EvictionTimeout"] = "00:00:00.100" }, services => services.AddSingleton(TimeProvider.System), redis: "127.0.0.1:1");

        Assert.That(await host.Services.GetRequiredService<IRedisCacheEvictor>().EvictAsync("run:1", "all"), Is.False);
    }

    [Test]
    public async Task Thousands_of_ids_leave_a_bounded_number_of_tag_keys()
    {
        await using var host = await StartAsync();
        var evictor = host.Services.GetRequiredService<IRedisCacheEvictor>();

        await evictor.EvictAsync([.. Enumerable.Range(0, 20_000).Select(id => $"run:{id}")]);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(id => host.GetAsync($"/tagged/{id}")));

        var multiplexer = await host.Services.GetRequiredService<RedisConnection>().Multiplexer;
        var names = new List<string>();
        await foreach (var key in multiplexer.GetServers()[0].KeysAsync(pattern: $"{host.Prefix}v1:{{tag}}:*", pageSize: 10_000))
        {
            names.Add(key.ToString().Split("}:")[1].Split(':')[0]);
        }

        Assert.That(names.Count(name => name == "run"), Is.InRange(3_900, 4_096));
        Assert.That(names.CountBy(name => name).ToDictionary().Keys, Is.EquivalentTo(["run", "path", "all"]));
    }

    [Test]
    public async Task Version_that_is_only_read_does_not_end_with_a_week()
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/tagged/1");

        var redis = host.Services.GetRequiredService<RedisConnection>();
        var life = await (await redis.DatabaseAsync()).KeyTimeToLiveAsync(redis.KeyOf(TagNames.All));

        Assert.That(life, Is.GreaterThan(TimeSpan.FromDays(300)));
    }

    [Test]
    public async Task Nodes_that_miss_the_same_version_at_once_adopt_the_same()
    {
        await using var first = await StartAsync();
        await using var second = await CachedHost.StartAsync([typeof(TaggedController)], prefix: first.Prefix);
        for (var round = 0; round < 20; round++)
        {
            string[] tags = [$"a{round}", $"b{round}"];

            var stamps = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? first : second).Services.GetRequiredService<ITagVersions>().ReadAsync(tags).AsTask()));

            Assert.That(stamps.Select(stamp => stamp?.ToString()).Distinct(), Has.One.Items.And.None.Null);
        }
    }

    [Test]
    public async Task Each_eviction_writes_a_version_that_never_was()
    {
        await using var host = await StartAsync();
        var versions = host.Services.GetRequiredService<ITagVersions>();
        var seen = new HashSet<string?>();

        string[] tags = ["a"];
        for (var i = 0; i < 100; i++)
        {
            seen.Add((await versions.ReadAsync(tags))?.ToString());
            await versions.EvictAsync(tags);
        }

        Assert.That(seen, Has.Count.EqualTo(100).And.None.Null);
    }

    private static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings = null, string? redis = null) =>
        CachedHost.StartAsync([typeof(TaggedController)], settings, redis: redis);

    [ApiController, Route("tagged")]
    public sealed class TaggedController : ControllerBase
    {
        [HttpGet("{id:int}"), RedisCached(Seconds = 60, Tags = ["run:{id}"])]
        public int Get(int id) => id;
    }
}
