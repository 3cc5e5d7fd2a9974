using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Versions;

/// <summary>A write is acknowledged when every holder has dropped what it evicted, or when no lease can be left, and not before.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class AcknowledgementTests
{
    [Test]
    public async Task Write_waits_for_a_silent_holder_until_its_lease_has_ended_and_the_next_one_does_not()
    {
        await using var host = await StartAsync();
        await host.Services.GetRequiredService<VersionScripts>().RenewAsync("silent", 0, "", []);

        var first = host.ExchangeAsync("PUT", "/runs/plain/1");
        await host.Time.TimersAsync(LeaseTerms.AwaitedFor, 1);
        host.Time.Advance(LeaseTerms.AwaitedFor - TimeSpan.FromMilliseconds(1));
        Assert.That(first.IsCompleted, Is.False);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That((await first).Status, Is.EqualTo(204));
        await ForgottenAsync(host);

        Assert.That((await host.ExchangeAsync("PUT", "/runs/plain/1")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Write_waits_where_nobody_knows_who_may_hold_a_lease()
    {
        await using var host = await StartAsync();
        await host.Services.GetRequiredService<VersionScripts>().ResetAsync(await IncarnationAsync(host));

        var write = host.ExchangeAsync("PUT", "/runs/plain/1");
        await host.Time.TimersAsync(LeaseTerms.AwaitedFor, 1);
        Assert.That(write.IsCompleted, Is.False);
        host.Time.Advance(LeaseTerms.AwaitedFor);

        Assert.That((await write).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Holders_count_as_known_only_when_every_lease_of_before_has_run_out()
    {
        await using var host = await StartAsync();
        await HoldAsync(host);
        await host.Services.GetRequiredService<VersionScripts>().ResetAsync(await IncarnationAsync(host));

        // The first renewal meets the new incarnation; the lease of somebody else may have begun just before.
        for (var waited = TimeSpan.Zero; waited <= LeaseTerms.AwaitedFor; waited += LeaseTerms.RenewalInterval)
        {
            host.Time.Advance(LeaseTerms.RenewalInterval);
            await host.Time.TimersAsync(LeaseTerms.RenewalInterval, 1);
            Assert.That(await LeasesAsync(host), Has.None.Matches<(string Name, string Value)>(field => field.Name == "calm"), $"after {waited}");
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                host.Time.Advance(LeaseTerms.RenewalInterval);
                return Array.Exists(await LeasesAsync(host), field => field.Name == "calm");
            },
            "all holders are known");
    }

    [Test]
    public async Task Holder_that_renewed_since_is_not_forgotten()
    {
        await using var host = await StartAsync();
        var scripts = host.Services.GetRequiredService<VersionScripts>();
        await scripts.RenewAsync("late", 0, "", []);
        await scripts.RenewAsync("silent", 0, "", []);
        var eviction = await scripts.EvictAsync(["a"], "writer", "id");
        await scripts.RenewAsync("late", 0, "", []);

        await scripts.ForgetAsync(eviction with { Incarnation = "another" }, ["silent"]);
        Assert.That(await HoldersAsync(host), Is.SupersetOf(new[] { "late", "silent" }));
        await scripts.ForgetAsync(eviction, ["late", "silent"]);

        Assert.That(await HoldersAsync(host), Has.Member("late").And.No.Member("silent"));
    }

    [Test]
    public async Task Node_that_stops_leaves_and_no_write_waits_for_it()
    {
        await using var host = await StartAsync();
        await using (var other = await StartAsync(host.Prefix))
        {
            await HoldAsync(host, other);
        }

        Assert.That(await HoldersAsync(host), Has.Count.EqualTo(1));
        Assert.That((await host.ExchangeAsync("PUT", "/runs/plain/1")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Concurrent_writes_share_commands()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis: redis.ConnectionString);
        var evictor = host.Services.GetRequiredService<IRedisCacheEvictor>();
        await evictor.EvictAsync("first");

        var commands = await redis.MonitorAsync(() => Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => evictor.EvictAsync($"tag{i}"))));

        Assert.That(commands.Count(line => line.Contains("\"EVALSHA\"", StringComparison.Ordinal)), Is.LessThan(50));
        Assert.That(commands.Count(line => line.Contains("\"SET\"", StringComparison.Ordinal)), Is.EqualTo(1_000));
    }

    [Test]
    public async Task Acknowledgement_that_comes_before_the_reply_counts()
    {
        var acknowledgements = new Acknowledgements();
        acknowledgements.Expect("id");
        acknowledgements.Handle("node\nid");

        Assert.That(await acknowledgements.WaitAsync(new Eviction("id", "i", 1, true, ["node"]), LeaseTerms.AwaitedFor, new ManualTime()).WaitAsync(Runs.Deadline), Is.Empty);
    }

    private static Task<CachedHost> StartAsync(string? prefix = null, string? redis = null) => RunsController.StartAsync(prefix: prefix, redis: redis);

    private static async Task<IReadOnlyList<string>> HoldersAsync(CachedHost host) =>
        [.. (await LeasesAsync(host)).Where(field => field.Name.StartsWith("n:", StringComparison.Ordinal)).Select(field => field.Name[2..])];

    private static async Task<string> IncarnationAsync(CachedHost host) => (await LeasesAsync(host)).Single(field => field.Name == "inc").Value;

    private static async Task<(string Name, string Value)[]> LeasesAsync(CachedHost host)
    {
        var connection = host.Services.GetRequiredService<RedisConnection>();
        return [.. (await (await connection.DatabaseAsync()).HashGetAllAsync(connection.LeasesKey)).Select(field => (field.Name.ToString(), field.Value.ToString()))];
    }

    // The writer has its answer, and forgets behind.
    private static Task ForgottenAsync(CachedHost host) =>
        Eventually.HoldsAsync(async () => !(await HoldersAsync(host)).Contains("silent"), "the silent holder is forgotten");

    // A renewal that failed, on a busy machine, is tried again when the clock goes on.
    private static Task HoldAsync(params CachedHost[] hosts) => Eventually.HoldsAsync(
        async () =>
        {
            Array.ForEach(hosts, host => host.Time.Advance(LeaseTerms.RenewalInterval));
            return (await HoldersAsync(hosts[0])).Count == hosts.Length;
        },
        "each node holds a lease");
}
