using System.Text;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>StaleIfErrorSeconds: an exception or a 5xx is replaced by what was stored before (RFC 5861, section 4).</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StaleIfErrorTests
{
    private const string Stale = "hit; ttl=-1; detail=stale-if-error";

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(12_345);

    [TestCase("action"), TestCase("result"), TestCase("status"), TestCase("problem")]
    public async Task Error_is_replaced_by_the_stale_answer(string where)
    {
        await using var host = await StoredAsync();

        var request = Get(host);
        Break(await RunOf(host), where);
        var answer = await request;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status, answer.Text, answer.Outcome, answer["Age"]), Is.EqualTo((200, "one", Stale, "61")));
            Assert.That((answer["X-Failed"], answer["Content-Type"], answer.IsWhole), Is.EqualTo(("", "text/plain; charset=utf-8", true)));
        }
    }

    [Test]
    public async Task Answer_that_succeeds_is_served_and_stored()
    {
        await using var host = await StoredAsync();

        var request = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That(((await request).Text, (await request).Outcome, (await Get(host)).Outcome), Is.EqualTo(("two", "fwd=stale; stored", "hit; ttl=60")));
    }

    [TestCase("action", 500), TestCase("status", 503)]
    public async Task After_an_eviction_the_error_is_the_answer(string where, int status)
    {
        await using var host = await StoredAsync();
        await host.ExchangeAsync("PUT", "/runs/error/1");

        var request = Get(host);
        Break(await RunOf(host), where);

        Assert.That((await request).Status, Is.EqualTo(status));
    }

    [TestCase("action", 500), TestCase("status", 503)]
    public async Task Past_its_seconds_the_error_is_the_answer(string where, int status)
    {
        await using var host = await StoredAsync();
        host.Time.Advance(TimeSpan.FromSeconds(29));

        var request = Get(host);
        Break(await RunOf(host), where);

        Assert.That((await request).Status, Is.EqualTo(status));
    }

    [TestCase(404), TestCase(400), TestCase(302)]
    public async Task Other_statuses_are_answers_and_no_errors(int status)
    {
        await using var host = await StoredAsync();

        var request = Get(host);
        (await RunOf(host)).Answer(_ => new StatusCodeResult(status));

        Assert.That((await request).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Mistake_of_the_client_is_told_to_it()
    {
        await using var host = await StoredAsync();

        var request = Get(host);
        (await RunOf(host)).Answer(_ => throw new BadHttpRequestException("No.", 400));

        Assert.That((await request).Status, Is.EqualTo(400));
    }

    [TestCase("max-age=60, must-revalidate"), TestCase("s-maxage=60")]
    public async Task Cache_Control_of_the_action_forbids_it(string control)
    {
        await using var host = await StoredAsync(("Cache-Control", control));

        var request = Get(host);
        (await RunOf(host)).Fail();

        Assert.That((await request).Status, Is.EqualTo(500));
    }

    [Test]
    public async Task Response_that_has_begun_to_leave_is_cut_off_and_never_continued_by_another()
    {
        await using var host = await StoredAsync(settings: new() { ["MaxBodyBytes"] = "5" });

        var request = Get(host);
        (await RunOf(host)).Answer(_ => new Failing(bytes: 10));
        var answer = await request;

        Assert.That((answer.IsWhole, answer.Text), Is.EqualTo((false, "xxxxxxxxxx")));
    }

    [TestCase("action"), TestCase("status")]
    public async Task Those_who_wait_for_an_action_that_fails_do_not_queue_up_behind_each_other(string where)
    {
        await using var host = await StoredAsync(settings: new() { ["CollapseWait"] = "00:00:12.345" });
        var leader = Get(host);
        var first = await RunOf(host);
        Task<RawResponse>[] followers = [Get(host), Get(host), Get(host)];
        await host.Time.TimersAsync(Limit, 3);

        Break(first, where);

        // All have the stale answer, or all are in the action.
        var all = Task.WhenAll(followers);
        Assert.That(await Task.WhenAny(all, host.Services.GetRequiredService<Runs>().NextAsync(3)), Has.Property(nameof(Task.IsCompletedSuccessfully)).True);
        Assert.That((await leader).Outcome, Is.EqualTo(Stale));
    }

    private static void Break(Run run, string where)
    {
        if (where == "action")
        {
            run.Fail();
            return;
        }

        run.Answer(http =>
        {
            http.Response.Headers["X-Failed"] = "yes";
            return where switch
            {
                "result" => new Failing(bytes: 3),
                "status" => new StatusCodeResult(503),
                _ => new ObjectResult(new ProblemDetails { Status = 500 }),
            };
        });
    }

    private static Task<Run> RunOf(CachedHost host) => host.Services.GetRequiredService<Runs>().NextAsync();

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/runs/error/1").WaitAsync(Runs.Deadline);

    private static Task<CachedHost> StoredAsync(params (string Name, string Value)[] headers) => StoredAsync(null, headers);

    private static async Task<CachedHost> StoredAsync(Dictionary<string, string?>? settings, params (string Name, string Value)[] headers)
    {
        var host = await RunsController.StartAsync(settings);
        var storing = Get(host);
        (await RunOf(host)).Answer("one", headers);
        Assert.That((await storing).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
        host.Time.Advance(TimeSpan.FromSeconds(61));
        return host;
    }

    /// <summary>Writes something, and throws.</summary>
    private sealed class Failing(int bytes) : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context)
        {
            await context.HttpContext.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(new string('x', bytes)));
            throw new InvalidOperationException("On cue.");
        }
    }
}
