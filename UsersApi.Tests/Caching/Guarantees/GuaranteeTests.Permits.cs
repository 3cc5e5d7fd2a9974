using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Guarantees;

/// <content>Work behind the request gives back what it took.</content>
public sealed partial class GuaranteeTests
{
    private static readonly Dictionary<string, string?> OneMissAtATime = new() { ["MaxRunningMisses"] = "1", ["MissWait"] = "00:00:00" };

    [TestCase("throws"), TestCase("status"), TestCase("goes away")]
    public async Task Permit_is_given_back_however_a_miss_ends(string how)
    {
        await using var host = await RunsController.StartAsync(OneMissAtATime);
        var runs = host.Services.GetRequiredService<Runs>();
        using var cancel = new CancellationTokenSource();
        var request = host.Client.GetAsync("/runs/plain/1", cancel.Token);
        var run = await runs.NextAsync();

        switch (how)
        {
            case "throws":
                run.Fail();
                await request;
                break;
            case "status":
                run.Answer(_ => new StatusCodeResult(404));
                await request;
                break;
            default:
                await cancel.CancelAsync();
                await run.Aborted;
                run.Leave();
                break;
        }

        await run.Over;
        runs.AnswerFromNowOn("next");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/2")).Text, Is.EqualTo("next"));
    }

    [Test]
    public async Task Revalidation_that_fails_gives_its_permit_back()
    {
        await using var host = await RunsController.StartAsync(OneMissAtATime);
        var runs = host.Services.GetRequiredService<Runs>();
        var first = host.ExchangeAsync("GET", "/runs/stale/1");
        (await runs.NextAsync()).Answer("one");
        await first;
        host.Time.Advance(TimeSpan.FromSeconds(61));

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await host.ExchangeAsync("GET", "/runs/stale/1")).Outcome, Does.StartWith("hit; ttl=-1"));
            var revalidation = await runs.NextAsync();
            revalidation.Fail();
            await revalidation.Over;
        }

        runs.AnswerFromNowOn("next");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/2")).Text, Is.EqualTo("next"));
    }
}
