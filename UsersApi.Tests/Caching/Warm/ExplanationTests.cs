using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Warm;

/// <summary>An explanation in an application that is not UsersApi leaves nothing behind, and runs nothing that nobody asked for.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ExplanationTests
{
    [Test]
    public async Task It_claims_nothing_in_the_cluster_and_counts_nothing_as_stored()
    {
        await using var host = await StartAsync();
        RunsOf(host).AnswerFromNowOn("body");

        var found = await ExplainAsync(host, "/runs/across/1");

        Assert.That(found.Steps[^1], Does.EndWith("could be stored."));
        Assert.That(await TestRedis.KeysAsync($"{host.Prefix}*claim:"), Is.Empty);
        Assert.That((await host.ExchangeAsync("GET", "/runs/across/1").WaitAsync(Runs.Deadline)).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }

    [Test]
    public async Task Of_a_response_that_is_sent_in_the_place_of_an_error_it_begins_no_revalidation()
    {
        await using var host = await StartAsync();
        await AnsweredAsync(host, "/runs/error/1", "one");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var failing = host.ExchangeAsync("GET", "/runs/error/1");
        (await RunsOf(host).NextAsync()).Fail();
        Assert.That((await failing).Text, Is.EqualTo("one"));

        var found = await ExplainAsync(host, "/runs/error/1");

        Assert.That((found.Verdict, found.Reason, RunsOf(host).Count), Is.EqualTo(("stale", "stale-if-error", 2)));
    }

    [Test]
    public async Task Of_a_response_near_its_end_it_renews_nothing()
    {
        await using var host = await StartAsync();
        await AnsweredAsync(host, "/runs/ahead/1", "one");
        host.Time.Advance(TimeSpan.FromSeconds(55));

        var found = await ExplainAsync(host, "/runs/ahead/1");

        Assert.That((found.Verdict, RunsOf(host).Count), Is.EqualTo(("hit", 1)));
    }

    [TestCase("/runs/plain/1", 0, "absent"), TestCase("/runs/uncached", 0, "no-attribute"), TestCase("/elsewhere", 0, "no-route")]
    [TestCase("/runs/../runs/plain/1", 0, "absent"), TestCase("/runs/plain/%31", 0, "absent"), TestCase("/runs%2fplain/1", 0, "no-route")]
    public async Task It_runs_no_action_where_none_is_to_run(string target, int runs, string reason)
    {
        var others = 0;
        await using var host = await StartAsync(app => app.MapGet("/runs/uncached", () => $"{++others}"));

        var found = await ExplainAsync(host, target, runsAction: false);

        Assert.That((found.Reason, RunsOf(host).Count, others), Is.EqualTo((reason, runs, 0)));
    }

    [Test]
    public async Task What_is_not_cached_does_not_run_even_where_a_miss_would()
    {
        var others = 0;
        await using var host = await StartAsync(app => app.MapGet("/others", () => $"{++others}"));

        await ExplainAsync(host, "/others");

        Assert.That(others, Is.Zero);
    }

    [Test]
    public async Task Who_asks_keeps_its_own_context()
    {
        await using var host = await StartAsync();
        RunsOf(host).AnswerFromNowOn("body");
        var accessor = host.Services.GetRequiredService<IHttpContextAccessor>();
        accessor.HttpContext = new DefaultHttpContext();

        var explaining = ExplainAsync(host, "/runs/plain/1");
        var during = accessor.HttpContext;
        await explaining;

        Assert.That((during, accessor.HttpContext), Is.Not.EqualTo(((HttpContext?)null, (HttpContext?)null)));
        Assert.That(accessor.HttpContext, Is.SameAs(during));
    }

    [Test]
    public async Task What_was_refused_before_the_cache_is_told_as_refused()
    {
        await using var host = await StartAsync(app => app.Use((http, next) =>
        {
            if (!http.Request.Path.StartsWithSegments("/runs"))
                return next(http);

            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }));

        var found = await ExplainAsync(host, "/runs/plain/1");

        Assert.That((found.Verdict, found.Reason), Is.EqualTo(("not-cached", "refused")));
        Assert.That(found.Steps[^1], Does.Contain("401"));
    }

    private static async Task AnsweredAsync(CachedHost host, string target, string text)
    {
        var answer = host.ExchangeAsync("GET", target);
        (await RunsOf(host).NextAsync()).Answer(text);
        Assert.That((await answer).Outcome, Does.EndWith("stored"));
    }

    private static Task<CacheExplanation> ExplainAsync(CachedHost host, string target, bool runsAction = true)
    {
        var origin = new DefaultHttpContext { Request = { Scheme = "http", Host = new HostString("localhost") } };
        return host.Services.GetRequiredService<CacheExplainer>()
            .ExplainAsync(target, new Dictionary<string, string>(), runsAction, origin, CancellationToken.None).WaitAsync(Runs.Deadline);
    }

    private static Runs RunsOf(CachedHost host) => host.Services.GetRequiredService<Runs>();

    private static Task<CachedHost> StartAsync(Action<WebApplication>? pipeline = null) => RunsController.StartAsync(
        services: services =>
        {
            services.AddRedisCachedOperations();
            services.AddHttpContextAccessor();
        },
        pipeline: pipeline);
}
