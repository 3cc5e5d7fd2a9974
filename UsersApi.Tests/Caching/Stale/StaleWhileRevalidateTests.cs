using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>StaleSeconds: the client gets what is there at once, and one revalidation runs behind (RFC 5861, section 3).</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class StaleWhileRevalidateTests
{
    private const string Stale = "hit; ttl=-1; detail=stale-while-revalidate";

    [Test]
    public async Task Stale_answer_comes_at_once_while_one_revalidation_runs_behind()
    {
        await using var host = await StoredAsync();

        // The action is gated: whoever got an answer did not wait for it.
        var first = await Get(host);
        var revalidation = await RunOf(host);
        var more = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Get(host)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(more.Append(first).Select(answer => (answer.Status, answer.Text, answer.Outcome, answer["Age"])).Distinct(), Is.EqualTo([(200, "one", Stale, "61")]));
            Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.EqualTo(2));
            Assert.That(revalidation.Method, Is.EqualTo("GET"));
        }
    }

    [TestCase("two"), TestCase("one")]
    public async Task Revalidated_answer_is_served_after_it_landed_and_an_unchanged_body_keeps_its_tag(string body)
    {
        await using var host = await StoredAsync();
        var stale = await Get(host);
        var revalidation = await RunOf(host);

        revalidation.Answer(body);
        await revalidation.Over;
        var fresh = await Get(host);

        Assert.That((fresh.Text, fresh.Outcome, fresh["Age"], fresh["ETag"] == stale["ETag"]), Is.EqualTo((body, "hit; ttl=60", "0", body == "one")));
        Assert.That((await host.ExchangeAsync("GET", "/runs/stale/1", ("If-None-Match", stale["ETag"]))).Status, Is.EqualTo(body == "one" ? 304 : 200));
    }

    [Test]
    public async Task Revalidation_has_what_middleware_prepares()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<(bool IsRevalidation, string Tenant)>();
        await using var host = await RunsController.StartAsync(pipeline: app => app.Use((http, next) =>
        {
            http.Items["tenant"] = http.Request.Headers["X-Tenant"].ToString();
            seen.Enqueue((http.Features.Get<RedisCachedOwnRequest>() is not null, $"{http.Items["tenant"]} {http.Request.Path}{http.Request.QueryString} {http.Request.Host} {http.Connection.RemoteIpAddress}"));
            return next(http);
        }));
        await StoreAsync(host, "/runs/stale/7?a=%20b", ("X-Tenant", "a"));
        host.Time.Advance(TimeSpan.FromSeconds(61));

        await host.ExchangeAsync("GET", "/runs/stale/7?a=%20b", ("X-Tenant", "a"));
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That(seen.Select(each => each.IsRevalidation), Is.EqualTo([false, false, true]));
        Assert.That(seen.Select(each => each.Tenant).Distinct().ToArray(), Is.EqualTo(["a /runs/stale/7?a=%20b test.example 127.0.0.1"]));
    }

    [Test]
    public async Task Revalidation_has_the_user_the_culture_and_the_route_of_its_request()
    {
        await using var host = await RunsController.StartAsync();
        await StoreAsync(host, "/runs/mine/7", ("X-User", "a"), ("X-Culture", "de"));
        await StoreAsync(host, "/runs/mine/7", ("X-User", "b"), ("X-Culture", "fr"));
        host.Time.Advance(TimeSpan.FromSeconds(61));

        await host.ExchangeAsync("GET", "/runs/mine/7", ("X-User", "b"), ("X-Culture", "fr"));
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That((run.User, run.Culture, run.Target), Is.EqualTo(("b", "fr", "/runs/mine/7 7")));
        Assert.That((await host.ExchangeAsync("GET", "/runs/mine/7", ("X-User", "b"), ("X-Culture", "fr"))).Text, Is.EqualTo("two"));
        Assert.That((await host.ExchangeAsync("GET", "/runs/mine/7", ("X-User", "a"), ("X-Culture", "de"))).Text, Is.EqualTo("one"));
    }

    [Test]
    public async Task HEAD_gets_the_stale_answer_too_and_its_revalidation_is_a_GET()
    {
        await using var host = await StoredAsync();

        var head = await host.ExchangeAsync("HEAD", "/runs/stale/1");
        var run = await RunOf(host);
        run.Answer("two");
        await run.Over;

        Assert.That((head.Outcome, run.Method, (await Get(host)).Text), Is.EqualTo((Stale, "GET", "two")));
    }

    [Test]
    public async Task Evicted_response_is_never_served_not_even_stale()
    {
        await using var host = await StoredAsync();
        await host.ExchangeAsync("PUT", "/runs/stale/1");

        var request = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That(((await request).Text, (await request).Outcome), Is.EqualTo(("two", "fwd=stale; stored")));
    }

    [Test]
    public async Task Revalidation_from_before_an_eviction_is_never_served_after_it()
    {
        await using var host = await StoredAsync();
        await Get(host);
        var revalidation = await RunOf(host);
        await host.ExchangeAsync("PUT", "/runs/stale/1");

        var request = Get(host);
        (await RunOf(host)).Answer("two");
        Assert.That((await request).Text, Is.EqualTo("two"));
        revalidation.Answer("from before");
        await revalidation.Over;

        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("three");
        Assert.That((await Get(host)).Text, Is.AnyOf("two", "three"));
    }

    [Test]
    public async Task Past_its_stale_seconds_a_response_is_computed_anew()
    {
        await using var host = await StoredAsync();
        host.Time.Advance(TimeSpan.FromSeconds(29));

        var request = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That(((await request).Text, (await request).Outcome), Is.EqualTo(("two", "fwd=stale; stored")));
    }

    [TestCase("max-age=60, must-revalidate"), TestCase("max-age=60, proxy-revalidate"), TestCase("s-maxage=60")]
    public async Task Cache_Control_of_the_action_forbids_stale_answers(string control)
    {
        await using var host = await RunsController.StartAsync();
        await StoreAsync(host, "/runs/stale/1", [], ("Cache-Control", control));
        host.Time.Advance(TimeSpan.FromSeconds(61));

        var request = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That((await request).Text, Is.EqualTo("two"));
    }

    private static Task<Run> RunOf(CachedHost host) => host.Services.GetRequiredService<Runs>().NextAsync();

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/runs/stale/1").WaitAsync(Runs.Deadline);

    private static async Task<CachedHost> StoredAsync()
    {
        var host = await RunsController.StartAsync();
        await StoreAsync(host, "/runs/stale/1");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        return host;
    }

    private static Task StoreAsync(CachedHost host, string target, params (string Name, string Value)[] request) => StoreAsync(host, target, request, []);

    private static async Task StoreAsync(CachedHost host, string target, (string Name, string Value)[] request, params (string Name, string Value)[] answer)
    {
        var storing = host.ExchangeAsync("GET", target, request);
        (await RunOf(host)).Answer("one", answer);
        Assert.That((await storing).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }
}
