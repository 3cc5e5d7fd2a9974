using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <content>What runs behind the stale answer.</content>
public sealed partial class StaleWhileRevalidateTests
{
    [Test]
    public async Task Revalidations_are_bounded_and_stale_answers_are_not()
    {
        await using var host = await RunsController.StartAsync(new() { ["MaxRevalidations"] = "2" });
        string[] targets = [.. Enumerable.Range(1, 5).Select(id => $"/runs/stale/{id}")];
        foreach (var target in targets)
        {
            await StoreAsync(host, target);
        }

        host.Time.Advance(TimeSpan.FromSeconds(61));
        var answers = await Task.WhenAll(targets.Select(target => host.ExchangeAsync("GET", target).WaitAsync(Runs.Deadline)));
        var running = await host.Services.GetRequiredService<Runs>().NextAsync(2);
        foreach (var run in running)
        {
            run.Answer("two");
            await run.Over;
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Select(answer => answer.Outcome).Distinct(), Is.EqualTo([Stale]));
            Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.EqualTo(targets.Length + 2));
        }
    }

    [TestCase(true), TestCase(false)]
    public async Task Failing_revalidation_harms_nobody_and_the_next_request_tries_again(bool throws)
    {
        await using var host = await StoredAsync();
        await Get(host);
        var failing = await RunOf(host);
        if (throws)
        {
            failing.Fail();
        }
        else
        {
            failing.Answer(_ => new StatusCodeResult(503));
        }

        await failing.Over;
        var stale = await Get(host);
        var next = await RunOf(host);
        next.Answer("two");
        await next.Over;

        Assert.That(((stale.Text, stale.Outcome), (await Get(host)).Text), Is.EqualTo((("one", Stale), "two")));
    }

    [Test]
    public async Task Revalidation_works_where_requests_never_wait_for_each_other()
    {
        await using var host = await RunsController.StartAsync(new() { ["CollapseWait"] = "00:00:00" });
        await StoreAsync(host, "/runs/stale/1");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await Get(host);
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That((await Get(host)).Text, Is.EqualTo("two"));
    }

    [Test]
    public async Task Revalidation_that_meets_another_stale_answer_begins_no_other()
    {
        const string Target = "/runs/variants/1";
        const string Variant = "X-Variant";
        var passes = 0;
        var isOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await RunsController.StartAsync(pipeline: app => app.Use(async (http, next) =>
        {
            var isRevalidation = http.Features.Get<RedisCachedRevalidation>() is not null;
            if (isRevalidation)
            {
                Interlocked.Increment(ref passes);
                http.Request.Headers[Variant] = http.Request.Headers[Variant] == "a" ? "b" : "a";
            }

            await next(http);
            if (isRevalidation)
                isOver.TrySetResult();
        }));
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("one");
        await host.ExchangeAsync("GET", Target, (Variant, "a"));
        await host.ExchangeAsync("GET", Target, (Variant, "b"));
        host.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.That((await host.ExchangeAsync("GET", Target, (Variant, "a"))).Outcome, Is.EqualTo(Stale));
        await isOver.Task.WaitAsync(Runs.Deadline);
        // Another one would begin the next, and so on, for as long as these take.
        for (var id = 100; id < 150; id++)
            await host.ExchangeAsync("GET", $"/runs/stale/{id}");

        Assert.That(Volatile.Read(ref passes), Is.EqualTo(1));
    }

    [Test]
    public async Task Request_context_of_the_stale_answer_is_still_the_current_one_while_the_revalidation_runs()
    {
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isRunning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await RunsController.StartAsync(services: services => services.AddHttpContextAccessor(), pipeline: app => app.Use(async (http, next) =>
        {
            await next(http);
            if (http.Request.Headers.ContainsKey("X-Watch"))
            {
                await isRunning.Task;
                seen.SetResult(http.RequestServices.GetRequiredService<IHttpContextAccessor>().HttpContext == http);
            }
        }));
        await StoreAsync(host, "/runs/stale/1");
        host.Time.Advance(TimeSpan.FromSeconds(61));

        var request = host.ExchangeAsync("GET", "/runs/stale/1", ("X-Watch", "1"));
        await RunOf(host);
        isRunning.SetResult();

        Assert.That(await seen.Task.WaitAsync(Runs.Deadline), Is.True);
        Assert.That((await request).Outcome, Is.EqualTo(Stale));
    }
}
