using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Several nodes on one Redis, a node without one, and what else may stand in Redis.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class NodeTests
{
    private static readonly Type[] Controllers = [typeof(NodesController)];

    [Test]
    public async Task Eviction_on_one_node_is_seen_by_the_other_at_once()
    {
        await using var first = await CachedHost.StartAsync(Controllers);
        await using var second = await CachedHost.StartAsync(Controllers, prefix: first.Prefix);
        await first.ExchangeAsync("GET", "/nodes/value");
        await UntilHitAsync(second, "/nodes/value");

        await second.ExchangeAsync("PUT", "/nodes/value");

        Assert.That((await first.ExchangeAsync("GET", "/nodes/value")).Outcome, Is.EqualTo("fwd=stale; stored"));
        await first.ExchangeAsync("PUT", "/nodes/value");
        Assert.That((await second.ExchangeAsync("GET", "/nodes/value")).Outcome, Is.EqualTo("fwd=stale; stored"));
    }

    [Test]
    public async Task Both_nodes_send_the_same_bytes()
    {
        await using var first = await CachedHost.StartAsync(Controllers);
        await using var second = await CachedHost.StartAsync(Controllers, prefix: first.Prefix);
        var miss = await first.ExchangeAsync("GET", "/nodes/value");

        var hit = await UntilHitAsync(second, "/nodes/value");

        Assert.That(Table.Normalised(hit), Is.EqualTo(Table.Normalised(miss)));
    }

    [TestCase("/nodes/own"), TestCase("/nodes/feature")]
    public async Task Variant_that_one_node_learned_to_tell_apart_is_never_sent_for_another_by_a_second_node(string target)
    {
        var prefix = $"test:{Guid.NewGuid():N}:";
        await using (var first = await CachedHost.StartAsync(Controllers, prefix: prefix))
        {
            await first.ExchangeAsync("GET", target, ("X-Own", "a"));
            Assert.That((await first.ExchangeAsync("GET", target)).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
        }

        await using var second = await CachedHost.StartAsync(Controllers, prefix: prefix);

        Assert.That((await second.ExchangeAsync("GET", target, ("X-Own", "b"))).Text, Is.EqualTo("own: b"));
    }

    [Test]
    public async Task Without_Redis_one_node_caches_in_its_own_memory_and_evicts()
    {
        await using var host = await CachedHost.StartAsync(Controllers, redis: "");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await host.ExchangeAsync("GET", "/nodes/value")).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
            Assert.That((await host.ExchangeAsync("GET", "/nodes/value")).Outcome, Is.EqualTo("hit; ttl=60"));
            Assert.That((await host.ExchangeAsync("PUT", "/nodes/value")).Status, Is.EqualTo(204));
            Assert.That((await host.ExchangeAsync("GET", "/nodes/value")).Outcome, Is.EqualTo("fwd=stale; stored"));
        }
    }

    [Test]
    public async Task With_Redis_down_at_start_every_request_is_answered_and_the_health_degraded()
    {
        // Port 1 is closed: nothing listens there.
        await using var host = await CachedHost.StartAsync(
            Controllers, new() { ["EvictionTimeout"] = "00:00:00.100" }, services => services.AddSingleton(TimeProvider.System), redis: "127.0.0.1:1");

        for (var i = 0; i < 20; i++)
        {
            var response = await host.ExchangeAsync("GET", "/nodes/value");
            Assert.That((response.Status, response.Text, response.Outcome), Is.EqualTo((200, "value 1", "fwd=bypass; detail=unreachable")));
        }

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.That(report.Entries["redis-cached"].Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That((await host.ExchangeAsync("PUT", "/nodes/value")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task With_Redis_up_the_health_is_fine()
    {
        await using var host = await CachedHost.StartAsync(Controllers);

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.That(report.Entries["redis-cached"].Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [Test]
    public async Task Kill_switch_takes_effect_without_a_restart_and_loses_no_eviction()
    {
        await using var host = await CachedHost.StartAsync(Controllers);
        await host.ExchangeAsync("GET", "/nodes/value");
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();

        Switch("false");
        var off = await host.ExchangeAsync("GET", "/nodes/value");
        await host.ExchangeAsync("PUT", "/nodes/value");
        Switch("true");
        var on = await host.ExchangeAsync("GET", "/nodes/value");

        Assert.That((off.Outcome, on.Outcome), Is.EqualTo(("fwd=bypass; detail=disabled", "fwd=stale; stored")));

        void Switch(string value)
        {
            configuration["RedisCached:Enabled"] = value;
            configuration.Reload();
        }
    }

    [Test]
    public async Task Sessions_and_distributed_cache_of_the_application_are_left_alone()
    {
        await using var host = await CachedHost.StartAsync(
            Controllers, services: services => services.AddDistributedMemoryCache().AddSession(), pipeline: app => app.UseSession());

        var first = await host.ExchangeAsync("POST", "/nodes/session");
        var cookie = first["Set-Cookie"].Split(';')[0];
        var second = await host.ExchangeAsync("POST", "/nodes/session", ("Cookie", cookie));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Text, second.Text), Is.EqualTo(("1", "2")));
            Assert.That(host.Services.GetRequiredService<IDistributedCache>(), Is.InstanceOf<MemoryDistributedCache>());
        }
    }

    [Test]
    public async Task Client_that_goes_away_stores_nothing_and_harms_nobody()
    {
        var gate = new Gate();
        await using var host = await CachedHost.StartAsync(Controllers, services: services => services.AddSingleton(gate));
        using var aborting = new CancellationTokenSource();
        var request = host.Client.GetAsync(new Uri("/nodes/slow", UriKind.Relative), aborting.Token);
        await gate.Entered.Task;
        await aborting.CancelAsync();
        Assert.That(async () => await request, Throws.InstanceOf<OperationCanceledException>());
        await gate.Aborted.Task;
        gate.Open.SetResult();

        var next = await host.ExchangeAsync("GET", "/nodes/slow");

        Assert.That((next.Outcome, next.Text), Is.EqualTo(("fwd=uri-miss; stored", "slow")));
    }

    private static async Task<RawResponse> UntilHitAsync(CachedHost host, string target)
    {
        // The other node writes in the background: each try is a round trip, and a hit is sure to come.
        while (true)
        {
            var response = await host.ExchangeAsync("HEAD", target);
            if (response.Outcome.StartsWith("hit", StringComparison.Ordinal))
            {
                return await host.ExchangeAsync("GET", target);
            }
        }
    }
}
