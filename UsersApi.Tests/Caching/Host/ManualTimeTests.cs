namespace UsersApi.Tests.Caching.Host;

/// <summary>What other tests rely on when they move the clock.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ManualTimeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [TestCase(60)]
    [TestCase(-60)]
    public void A_wall_clock_that_is_set_moves_neither_timestamps_nor_timers(int minutes)
    {
        var time = new ManualTime();
        var fired = 0;
        using var timer = time.CreateTimer(_ => fired++, null, Minute, Timeout.InfiniteTimeSpan);
        var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());

        time.WallClockOffset = TimeSpan.FromMinutes(minutes);
        time.Advance(Minute / 2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(time.GetUtcNow() - now, Is.EqualTo(TimeSpan.FromMinutes(minutes) + (Minute / 2)));
            Assert.That(time.GetElapsedTime(timestamp), Is.EqualTo(Minute / 2));
            Assert.That(fired, Is.Zero);
        }

        time.Advance(Minute / 2);
        Assert.That(fired, Is.EqualTo(1));
    }

    [Test]
    public async Task Timers_count_while_they_are_under_way()
    {
        var time = new ManualTime();
        var first = time.CreateTimer(_ => { }, null, Minute, Timeout.InfiniteTimeSpan);
        var two = time.TimersAsync(Minute, 2);
        Assert.That(two.IsCompleted, Is.False);

        using var second = time.CreateTimer(_ => { }, null, Minute, Timeout.InfiniteTimeSpan);
        await two;
        await first.DisposeAsync();
        await time.TimersAsync(Minute, 1);

        time.Advance(Minute);
        await time.TimersAsync(Minute, 0);
        second.Change(Minute, Timeout.InfiniteTimeSpan);
        await time.TimersAsync(Minute, 1);
    }
}
