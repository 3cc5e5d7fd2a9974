using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Trouble;

namespace UsersApi.Tests.Scale;

/// <summary>Redis behind Sentinel, by its connection string alone: the master that Sentinel names is the one that is asked.</summary>
[TestFixture, Category("Scale"), NonParallelizable]
public sealed class RedisSentinelTests
{
    [Test]
    public async Task Failover_by_Sentinel_is_followed_and_shows_nobody_an_old_answer()
    {
        await using var sentinel = await RedisSentinel.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(sentinel.ConnectionString);
        await nodes.WriteAndCheckAsync(1);

        await sentinel.Master.KillAsync();
        var round = 2;
        do
        {
            await nodes.WriteAndCheckAsync(round++, mayBeOwed: true);
        }
        while (!await sentinel.HasFailedOverAsync());

        await nodes.UntilHitAsync(nodes.First, "/runs/plain/1");
        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
        for (var i = 0; i < 10; i++)
            await nodes.WriteAndCheckAsync(round++);
    }

    [Test]
    public async Task Node_that_starts_before_Sentinel_caches_once_Sentinel_is_there()
    {
        await using var sentinel = await RedisSentinel.PrepareAsync();
        await using var host = await TroubledHost.StartAsync(sentinel.ConnectionString);
        var before = await host.ExchangeAsync("/runs/plain/1");

        await sentinel.WatchAsync();
        var deadline = DateTime.UtcNow + Runs.Deadline;
        while (!(await host.ExchangeAsync("/runs/plain/1")).Outcome.StartsWith("hit", StringComparison.Ordinal) && DateTime.UtcNow < deadline)
            await Task.Delay(50);

        Assert.That((await host.ExchangeAsync("/runs/plain/1")).Outcome, Does.StartWith("hit"));
        Assert.That(before.Outcome, Is.EqualTo("fwd=bypass; detail=unreachable"));
        Assert.That(Said("Redis has been away"), Is.Positive);
        Assert.That(Said("answers in time again"), Is.Positive);

        int Said(string what) => host.Logs.At(LogLevel.Information).Count(line => line.Contains(what, StringComparison.Ordinal));
    }

    [Test]
    public async Task Host_that_never_found_Sentinel_stops_in_peace()
    {
        // Port 1 is closed: nothing listens there.
        var host = await TroubledHost.StartAsync("127.0.0.1:1,serviceName=users");
        Assert.That((await host.ExchangeAsync("/runs/plain/1")).Text, Is.EqualTo(TroubledHost.Body));

        await Assert.ThatAsync(async () => await host.DisposeAsync(), Throws.Nothing);
    }
}
