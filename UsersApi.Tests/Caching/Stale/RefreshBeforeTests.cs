using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>RefreshBeforeSeconds: a hot response is made anew behind before its end, once in the cluster, and hits go on meanwhile.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RefreshBeforeTests
{
    private const string Target = "/runs/ahead/1";
    private const string Key = "get:" + Target;

    [TestCase(true, null), TestCase(false, null), TestCase(true, ""), TestCase(false, "")]
    public async Task Hit_in_the_last_seconds_is_answered_at_once_and_renewed_behind(bool isEarly, string? redis)
    {
        await using var host = await StoredAsync(redis: redis, services: services => services.Configure<MvcOptions>(options =>
        {
            if (!isEarly)
                options.Filters.Add(new Bystander());
        }));
        host.Time.Advance(TimeSpan.FromSeconds(51));

        // The action is gated: whoever got an answer did not wait for it.
        var first = await Get(host);
        var renewal = await RunOf(host);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        var more = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Get(host)));
        renewal.Answer("two");
        await renewal.Over;
        var renewed = await Get(host);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Text, first.Outcome), Is.EqualTo(("one", "hit; ttl=9")));
            Assert.That(more.Select(answer => (answer.Text, answer.Outcome)), Is.All.EqualTo(("one", "hit; ttl=7")));
            Assert.That((renewed.Text, renewed.Outcome), Is.EqualTo(("two", "hit; ttl=60")));
            Assert.That(RunsOf(host).Count, Is.EqualTo(2));
        }
    }

    [TestCase(49, null, false), TestCase(50, null, true), TestCase(2, "max-age=5", false), TestCase(3, "max-age=5", true)]
    public async Task Only_the_last_seconds_count_and_of_a_short_life_its_second_half(int after, string? control, bool isDue)
    {
        await using var host = await StoredAsync(control);
        host.Time.Advance(TimeSpan.FromSeconds(after));

        await Get(host);

        Assert.That(host.Services.GetRequiredService<CacheFlights>().Refreshed.TryAdd(Key), Is.Not.EqualTo(isDue));
    }

    [Test]
    public async Task Response_that_nobody_asks_for_is_not_renewed()
    {
        await using var host = await StoredAsync();
        host.Time.Advance(TimeSpan.FromSeconds(61));

        var request = Get(host);
        (await RunOf(host)).Answer("two");

        Assert.That(((await request).Outcome, RunsOf(host).Count), Is.EqualTo(("fwd=stale; stored", 2)));
    }

    [Test]
    public async Task Two_nodes_renew_once_and_both_serve_what_came_of_it()
    {
        await using var first = await StoredAsync();
        await using var second = await RunsController.StartAsync(prefix: first.Prefix);
        await Eventually.HoldsAsync(async () => (await first.KeysAsync()).Length == 1, "it is written");
        Assert.That((await Get(second)).Outcome, Is.EqualTo("hit; ttl=60"));
        first.Time.Advance(TimeSpan.FromSeconds(51));
        second.Time.Advance(TimeSpan.FromSeconds(51));

        await Get(first);
        var renewal = await RunOf(first);
        Assert.That((await Get(second)).Text, Is.EqualTo("one"));
        await Eventually.HoldsAsync(() => Task.FromResult(!IsUnderWay(second)), "the second node sees that another one renews");
        renewal.Answer("two");
        await renewal.Over;
        await first.WrittenAsync();

        second.Time.Advance(TimeSpan.FromSeconds(1));
        await Get(second);
        await Eventually.HoldsAsync(async () => (await Get(second)).Text == "two", "the second node finds the renewed response");
        Assert.That((RunsOf(first).Count, RunsOf(second).Count), Is.EqualTo((2, 0)));
    }

    [TestCase(true), TestCase(false)]
    public async Task Failing_renewal_harms_nobody_and_is_tried_again_a_second_later(bool throws)
    {
        await using var host = await StoredAsync();
        host.Time.Advance(TimeSpan.FromSeconds(51));
        await Get(host);
        var failing = await RunOf(host);
        if (throws)
            failing.Fail();
        else
            failing.Answer(_ => new StatusCodeResult(503));

        await failing.Over;
        var hits = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Get(host)));
        Assert.That((hits.Select(hit => hit.Text).Distinct().Single(), RunsOf(host).Count), Is.EqualTo(("one", 2)));

        host.Time.Advance(TimeSpan.FromSeconds(2.1));
        await Get(host);
        var next = await RunOf(host);
        next.Answer("two");
        await next.Over;
        Assert.That((await Get(host)).Text, Is.EqualTo("two"));
    }

    [Test]
    public async Task What_a_renewal_made_of_the_time_before_an_eviction_is_served_to_nobody_after_it()
    {
        await using var host = await StoredAsync();
        host.Time.Advance(TimeSpan.FromSeconds(51));
        await Get(host);
        var renewal = await RunOf(host);
        await host.ExchangeAsync("PUT", Target);

        renewal.Answer("before");
        await renewal.Over;
        RunsOf(host).AnswerFromNowOn("after");

        Assert.That((await Get(host)).Text, Is.EqualTo("after"));
    }

    [Test]
    public async Task Under_the_kill_switch_nothing_is_renewed()
    {
        await using var host = await StoredAsync();
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["RedisCached:Enabled"] = "false";
        configuration.Reload();
        host.Time.Advance(TimeSpan.FromSeconds(51));
        RunsOf(host).AnswerFromNowOn("own");

        Assert.That((await Get(host)).Outcome, Is.EqualTo("fwd=bypass; detail=disabled"));
        Assert.That(host.Services.GetRequiredService<CacheFlights>().Refreshed.TryAdd(Key));
    }

    private static bool IsUnderWay(CachedHost host)
    {
        var entry = host.Services.GetRequiredService<NearCache>().Find(Key)!;
        using var lead = host.Services.GetRequiredService<CacheFlights>().TryLead($"{entry.Action}\n{entry.Stamp}\n{entry.Key}");
        return lead is null;
    }

    private static Runs RunsOf(CachedHost host) => host.Services.GetRequiredService<Runs>();

    private static Task<Run> RunOf(CachedHost host) => RunsOf(host).NextAsync();

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", Target).WaitAsync(Runs.Deadline);

    private static async Task<CachedHost> StoredAsync(string? control = null, string? redis = null, Action<IServiceCollection>? services = null)
    {
        var host = await RunsController.StartAsync(services: services, redis: redis);
        var storing = Get(host);
        (await RunOf(host)).Answer("one", control is null ? [] : [("Cache-Control", control)]);
        Assert.That((await storing).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
        return host;
    }

    /// <summary>Has a say in each request, so that hits go through MVC.</summary>
    private sealed class Bystander : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}
