using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>A flood of different cold keys waits for its turn, and no longer than it may.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class OverloadTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(4_321);
    private static readonly Dictionary<string, string?> Settings = new() { ["MaxRunningMisses"] = "2", ["MissWait"] = "00:00:04.321" };

    [Test]
    public async Task Miss_that_gets_no_turn_in_time_is_a_503_with_a_time_to_retry()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var runs = host.Services.GetRequiredService<Runs>();
        Task<RawResponse>[] running = [host.ExchangeAsync("GET", "/runs/plain/1"), host.ExchangeAsync("GET", "/runs/plain/2")];
        var taken = await runs.NextAsync(2);
        var late = host.ExchangeAsync("GET", "/runs/plain/3");
        await host.Time.TimersAsync(Wait, 1);

        host.Time.Advance(Wait);
        var refused = await late;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Status, refused["Retry-After"], refused["Content-Type"]), Is.EqualTo((503, "1", "application/problem+json; charset=utf-8")));
            Assert.That(refused.Outcome, Is.EqualTo("detail=overloaded"));
        }

        foreach (var run in taken)
        {
            run.Answer("done");
        }

        Assert.That((await Task.WhenAll(running)).Select(answer => answer.Text), Is.All.EqualTo("done"));
        runs.AnswerFromNowOn("later");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/3")).Text, Is.EqualTo("later"));
    }

    [Test]
    public async Task Miss_runs_as_soon_as_another_is_over_and_hits_never_wait()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("stored");
        await host.ExchangeAsync("GET", "/runs/plain/9");
        await runs.NextAsync();
        runs.AnswerFromNowOn(null);
        Task<RawResponse>[] running = [host.ExchangeAsync("GET", "/runs/plain/1"), host.ExchangeAsync("GET", "/runs/plain/2")];
        var taken = await runs.NextAsync(2);
        var third = host.ExchangeAsync("GET", "/runs/plain/3");
        await host.Time.TimersAsync(Wait, 1);

        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/9")).Outcome, Is.EqualTo("hit; ttl=60"));
        taken[0].Answer("first");
        (await runs.NextAsync()).Answer("third");

        Assert.That((await third).Text, Is.EqualTo("third"));
        taken[1].Answer("second");
        await Task.WhenAll(running);
    }

    [Test]
    public async Task Stale_answer_takes_the_place_of_a_503_where_errors_may_be_replaced()
    {
        await using var host = await RunsController.StartAsync(new() { ["MaxRunningMisses"] = "1", ["MissWait"] = "00:00:00" });
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("old");
        await host.ExchangeAsync("GET", "/runs/error/1");
        await runs.NextAsync();
        runs.AnswerFromNowOn(null);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var running = host.ExchangeAsync("GET", "/runs/plain/2");
        var taken = await runs.NextAsync();

        var answer = await host.ExchangeAsync("GET", "/runs/error/1");

        Assert.That((answer.Status, answer.Text, answer.Outcome), Is.EqualTo((200, "old", "hit; ttl=-1; detail=stale-if-error")));
        taken.Answer("done");
        await running;
    }
}
