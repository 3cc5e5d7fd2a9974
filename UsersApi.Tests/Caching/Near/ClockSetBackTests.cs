using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Near;

/// <summary>A wall clock that is set back makes no response live longer than it may.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ClockSetBackTests
{
    [TestCase("/runs/plain/1"), TestCase("/runs/stale/1")]
    public async Task Response_of_the_future_is_none(string target)
    {
        await using var host = await RunsController.StartAsync();
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("one");
        await host.ExchangeAsync("GET", target);
        await host.WrittenAsync();

        host.Time.WallClockOffset = TimeSpan.FromHours(-1);
        runs.AnswerFromNowOn("two");

        foreach (var outcome in (string[])["fwd=stale; stored", "hit; ttl=60"])
        {
            var answer = await host.ExchangeAsync("GET", target);
            Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("two", outcome)));
        }
    }

    [Test]
    public async Task Response_of_a_node_whose_clock_is_a_little_ahead_is_one()
    {
        await using var host = await RunsController.StartAsync();
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("one");
        await host.ExchangeAsync("GET", "/runs/plain/1");

        host.Time.WallClockOffset = TimeSpan.FromSeconds(-30);

        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Does.StartWith("hit"));
    }
}
