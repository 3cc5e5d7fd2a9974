using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>An eviction that is tried again acknowledges the writes that waited for it when it was sent, and no later ones.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RetriedEvictionTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    [Test]
    public async Task Write_that_commits_while_the_command_is_under_way_waits_for_the_next_one()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(new() { ["EvictionTimeout"] = "00:00:00.100" }, redis: redis.ConnectionString);
        var (clock, versions) = (host.Time, host.Services.GetRequiredService<ITagVersions>());
        redis.Hang();
        var first = versions.EvictAsync(["first", "both"]);
        await clock.TimersAsync(Timeout, 1);
        clock.Advance(Timeout);
        await clock.TimersAsync(Pause, 1);
        clock.Advance(Pause);
        // The retry, beside the renewal of the lease.
        await clock.TimersAsync(LeaseTerms.RenewalInterval, 2);
        clock.Advance(LeaseTerms.RenewalInterval);
        await clock.TimersAsync(Timeout, 1);

        var second = versions.EvictAsync(["both"]);
        await clock.TimersAsync(LeaseTerms.AwaitedFor - Pause - LeaseTerms.RenewalInterval, 1);
        redis.GoOn();

        Assert.That(await first.WaitAsync(Runs.Deadline), Is.True);
        await redis.CommandAsync("PING");
        Assert.That(second.IsCompleted, Is.False);
        await clock.TimersAsync(LeaseTerms.RenewalInterval, 2);
        clock.Advance(LeaseTerms.RenewalInterval);
        Assert.That(await second.WaitAsync(Runs.Deadline), Is.True);
    }
}
