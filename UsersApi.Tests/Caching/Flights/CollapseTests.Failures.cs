using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Flights;

/// <content>Leaders that fail, and followers that go away.</content>
public sealed partial class CollapseTests
{
    [Test]
    public async Task Leader_that_is_aborted_costs_one_more_run_and_no_follower_its_answer()
    {
        await using var host = await RunsController.StartAsync(Settings);
        using var aborting = new CancellationTokenSource();
        var leader = host.Client.GetAsync(new Uri("/runs/plain/1", UriKind.Relative), aborting.Token);
        var first = await RunOf(host);
        var followers = Ask(host, Followers);
        await host.Time.TimersAsync(Limit, Followers);

        await aborting.CancelAsync();
        Assert.That(async () => await leader, Throws.InstanceOf<OperationCanceledException>());
        await first.Aborted;
        // The second run is over at once, before all of those who wait have seen that the first one failed.
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("second");
        first.Answer("first");

        Assert.That((await Task.WhenAll(followers)).Select(answer => (answer.Status, answer.Text)).Distinct(), Is.EqualTo([(200, "second")]));
        Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.AtMost(2));
    }

    [Test]
    public async Task Leader_that_throws_gets_the_500_alone_and_a_follower_takes_over()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var leader = Get(host);
        var first = await RunOf(host);
        var followers = Ask(host, 9);
        await host.Time.TimersAsync(Limit, 9);

        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("second");
        first.Fail();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await leader).Status, Is.EqualTo(500));
            Assert.That((await Task.WhenAll(followers)).Select(answer => (answer.Status, answer.Text)).Distinct(), Is.EqualTo([(200, "second")]));
            Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Follower_that_goes_away_harms_nobody()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var leader = Get(host);
        var run = await RunOf(host);
        using var aborting = new CancellationTokenSource();
        var gone = host.Client.GetAsync(new Uri("/runs/plain/1", UriKind.Relative), aborting.Token);
        await host.Time.TimersAsync(Limit, 1);
        var stays = Get(host);
        await host.Time.TimersAsync(Limit, 2);

        await aborting.CancelAsync();
        Assert.That(async () => await gone, Throws.InstanceOf<OperationCanceledException>());
        await host.Time.TimersAsync(Limit, 1);
        run.Answer("once");

        Assert.That(((await leader).Text, (await stays).Text, (await stays).Outcome), Is.EqualTo(("once", "once", "fwd=uri-miss; collapsed")));
        Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Follower_waits_once_however_many_leaders_fail()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var leader = Get(host);
        var first = await RunOf(host);
        var followers = Ask(host, 2);
        await host.Time.TimersAsync(Limit, 2);
        host.Time.Advance(Limit * 0.75);
        first.Fail();
        await RunOf(host);

        // One leads now, and does not come to an end. The other has waited for three quarters of its time.
        host.Time.Advance(Limit * 0.5);
        (await RunOf(host)).Answer("own");

        Assert.That((await await Task.WhenAny(followers)).Text, Is.EqualTo("own"));
        Assert.That((await leader).Status, Is.EqualTo(500));
    }
}
