using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
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
    public async Task Nobody_waits_for_a_revalidation_that_does_not_heed_its_limit()
    {
        await using var host = await RunsController.StartAsync(new() { ["RevalidationTimeout"] = "00:00:00.100", ["MaxRevalidations"] = "1" });
        await StoreAsync(host, "/runs/stale/1");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await Get(host);
        var hanging = await RunOf(host);
        await hanging.Aborted;

        // Beyond all use of the stale answer.
        host.Time.Advance(TimeSpan.FromDays(1));
        var asking = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That((await asking).Text, Is.EqualTo("two"));
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
            var isRevalidation = http.Features.Get<RedisCachedOwnRequest>() is not null;
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
    public async Task Revalidation_stands_below_the_prefix_that_a_proxy_has_told()
    {
        (string, string)[] proxied = [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Prefix", "/below")];
        await using var host = await RunsController.StartAsync(
            pipeline: app => app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All }));
        await StoreAsync(host, "/runs/stale/1", proxied);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await host.ExchangeAsync("GET", "/runs/stale/1", proxied);
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That((run.Target, (await host.ExchangeAsync("GET", "/runs/stale/1", proxied)).Text), Is.EqualTo(("/below/runs/stale/1 1", "two")));
    }

    [Test]
    public async Task Request_that_middleware_made_by_itself_gets_a_stale_answer_and_is_revalidated()
    {
        await using var host = await RunsController.StartAsync(pipeline: app => app.Use(MakeRequestAsync).UseRouting());
        await StoreAsync(host, "/made");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var stale = await host.ExchangeAsync("GET", "/made");
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That((stale.Status, stale.Outcome, (await Get(host)).Text), Is.EqualTo((200, Stale, "two")));

        static async Task MakeRequestAsync(HttpContext http, RequestDelegate next)
        {
            if (http.Request.Path != "/made")
            {
                await next(http);
                return;
            }

            var features = new FeatureCollection();
            features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Scheme = "http", Path = "/runs/stale/1", RawTarget = "/runs/stale/1" });
            features.Set<IHttpResponseFeature>(new HttpResponseFeature());
            features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
            var contexts = http.RequestServices.GetRequiredService<IHttpContextFactory>();
            var made = contexts.Create(features);
            await next(made);
            http.Response.StatusCode = made.Response.StatusCode;
            http.Response.Headers["Cache-Status"] = made.Response.Headers["Cache-Status"];
            contexts.Dispose(made);
        }
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
