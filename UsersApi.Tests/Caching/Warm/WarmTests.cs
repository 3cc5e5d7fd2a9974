using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Warm;

/// <summary>RedisCached:Warm: requests that the cache makes by itself, at start and on a schedule, through the whole application.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class WarmTests
{
    // What is stored now is fresh when a schedule is due at the next minute, and not a minute later.
    private static readonly TimeSpan ToHalfPast = TimeSpan.FromSeconds(30 - new ManualTime().GetUtcNow().Second);

    private const string Across = "/runs/across/1";
    private const string Plain = "/runs/plain/1";

    [TestCase(null), TestCase("")]
    public async Task Request_of_the_start_makes_the_first_clients_a_hit_and_the_node_is_ready_only_then(string? redis)
    {
        await using var host = await StartAsync([("Target", Plain)], redis: redis);
        var run = await RunOf(host);
        var before = await ReadinessAsync(host);
        run.Answer("warm");
        await run.Over;
        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");

        var first = await host.ExchangeAsync("GET", Plain);

        Assert.That((before, first.Text, first.Outcome), Is.EqualTo((HealthStatus.Unhealthy, "warm", "hit; ttl=60")));
    }

    [Test]
    public async Task Slow_start_keeps_a_node_out_of_service_for_its_limit_and_no_longer()
    {
        await using var host = await StartAsync([("Target", Plain)], new() { ["RedisCached:Warm:ReadyWithin"] = "00:00:20" });
        await RunOf(host);

        host.Time.Advance(TimeSpan.FromSeconds(19));
        var before = await ReadinessAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.That((before, await ReadinessAsync(host)), Is.EqualTo((HealthStatus.Unhealthy, HealthStatus.Healthy)));
    }

    [Test]
    public async Task Request_of_the_start_that_Redis_answered_too_late_for_is_made_again()
    {
        var logs = new CollectedLogs();
        await using var host = await StartAsync(
            [("Target", Plain)],
            services: services =>
            {
                services.AddSingleton<ITagVersions>(new LateAtFirst());
                services.AddLogging(logging => logging.AddProvider(logs));
            },
            redis: "");
        (await RunOf(host)).Answer("not stored");
        var pause = TimeSpan.FromMilliseconds(100);
        await host.Time.TimersAsync(pause, 1);
        host.Time.Advance(pause);
        (await RunOf(host)).Answer("stored");
        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");

        Assert.That((await host.ExchangeAsync("GET", Plain)).Text, Is.EqualTo("stored"));
        Assert.That(logs.At(LogLevel.Warning), Has.None.Contains("RedisCached:Warm"));
    }

    [TestCase("fails"), TestCase("404"), TestCase("no-store"), TestCase("hangs"), TestCase("refused")]
    public async Task Request_that_comes_to_nothing_is_told_with_its_place_and_the_node_gets_ready(string how)
    {
        var logs = new CollectedLogs();
        await using var host = await StartAsync(
            [("Target", how == "refused" ? "/nowhere" : Plain)], new() { ["RedisCached:Warm:ReadyWithin"] = "00:10:00" },
            services => services.AddLogging(logging => logging.AddProvider(logs)));
        if (how != "refused")
        {
            var run = await RunOf(host);
            if (how == "fails")
                run.Fail();
            else if (how == "hangs")
                await LetGoAsync(host, run);
            else
                run.Answer(http => how == "404" ? new NotFoundResult() : Unstorable(http));
        }

        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");

        Assert.That(logs.At(LogLevel.Warning), Has.Some.Contains("RedisCached:Warm:Requests:0"));
        Assert.That(logs.At(LogLevel.Warning), Has.None.Contains(Plain));
    }

    [Test]
    public async Task Requests_go_through_middleware_with_their_headers_and_a_mark_that_no_client_can_send()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<(bool IsMarked, string What)>();
        await using var host = await StartAsync(
            [("Target", "/runs/tenants/7?a=%20b"), ("Headers:X-Tenant", "a")], new() { ["RedisCached:Warm:Origin"] = "https://api.example:8443" },
            pipeline: app => app.Use((http, next) =>
            {
                seen.Enqueue((http.Features.Get<RedisCachedOwnRequest>() is not null, $"{http.Request.Scheme} {http.Request.Host} {http.Request.Path}{http.Request.QueryString} {http.Request.Headers["X-Tenant"]}"));
                return next(http);
            }));
        (await RunOf(host)).Answer("of a");
        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");

        var hit = await host.ExchangeAsync("GET", "/runs/tenants/7?a=%20b", ("X-Tenant", "a"), ("RedisCachedOwnRequest", "1"));

        Assert.That((hit.Text, hit.Outcome), Is.EqualTo(("of a", "hit; ttl=60")));
        Assert.That(seen.First(), Is.EqualTo((true, "https api.example:8443 /runs/tenants/7?a=%20b a")));
        Assert.That(seen.Skip(1).Select(each => each.IsMarked), Is.All.False);
    }

    [Test]
    public async Task Requests_that_the_cache_makes_by_itself_are_not_counted_as_those_of_clients()
    {
        await using var host = await StartAsync([("Target", Plain), ("Schedule", "* * * * *")], redis: "");
        RunsOf(host).AnswerFromNowOn("one");
        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");
        await AdvanceToMinuteAsync(host);
        await Eventually.HoldsAsync(() => Task.FromResult(RunsOf(host).Count == 2), "it was renewed");
        await host.ExchangeAsync("GET", Plain);

        var counted = host.Services.GetRequiredService<CacheStatistics>().Routes.Single();

        Assert.That((counted.Requests, counted.HitRatio), Is.EqualTo((1, 1.0)));
    }

    [Test]
    public async Task Schedule_renews_what_is_still_fresh()
    {
        await using var host = await StartAsync([("Target", Plain), ("Schedule", "* * * * *"), ("AtStart", "false")]);
        RunsOf(host).AnswerFromNowOn("one");
        await host.ExchangeAsync("GET", Plain);
        RunsOf(host).AnswerFromNowOn(null);
        await RunOf(host);

        await AdvanceToMinuteAsync(host);
        var run = await RunOf(host);
        var meanwhile = await host.ExchangeAsync("GET", Plain);
        run.Answer("two");
        await run.Over;

        Assert.That((meanwhile.Text, (await host.ExchangeAsync("GET", Plain)).Text), Is.EqualTo(("one", "two")));
        await AdvanceToMinuteAsync(host);
        (await RunOf(host)).Answer("three");
    }

    [Test]
    public async Task Schedule_of_two_nodes_runs_an_action_once_where_it_is_cached_across_nodes()
    {
        (string, string)[] request = [("Target", Across), ("Schedule", "* * * * *"), ("AtStart", "false")];
        await using var first = await StartAsync(request);
        await using var second = await StartAsync(request, prefix: first.Prefix);
        RunsOf(first).AnswerFromNowOn("one");
        await first.ExchangeAsync("GET", Across);
        var old = first.Services.GetRequiredService<NearCache>().Find("get:" + Across)!.Stored;
        RunsOf(first).AnswerFromNowOn(null);
        await RunOf(first);

        await AdvanceToMinuteAsync(first);
        var run = await RunOf(first);
        // The other node comes while it runs.
        await AdvanceToMinuteAsync(second);
        await second.Time.TimersAsync(TimeSpan.FromMilliseconds(10), 1);
        run.Answer("two");
        await Eventually.HoldsAsync(
            () =>
            {
                second.Time.Advance(TimeSpan.FromMilliseconds(10));
                return Task.FromResult(second.Services.GetRequiredService<NearCache>().Find("get:" + Across)?.Stored > old);
            },
            "the other node has it too");

        Assert.That((await second.ExchangeAsync("GET", Across)).Text, Is.EqualTo("two"));
        Assert.That((RunsOf(first).Count, RunsOf(second).Count), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task Node_that_comes_later_to_a_schedule_runs_nothing_again()
    {
        (string, string)[] request = [("Target", Across), ("Schedule", "* * * * *"), ("AtStart", "false")];
        await using var first = await StartAsync(request);
        await using var second = await StartAsync(request, prefix: first.Prefix);
        RunsOf(first).AnswerFromNowOn("one");
        await AdvanceToMinuteAsync(first);
        await Eventually.HoldsAsync(async () => (await first.KeysAsync()).Length == 1, "it is written");

        await AdvanceToMinuteAsync(second);
        await Eventually.HoldsAsync(
            () => Task.FromResult(second.Services.GetRequiredService<NearCache>().Find("get:" + Across) is not null), "it has looked");

        Assert.That((RunsOf(first).Count, RunsOf(second).Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Under_the_kill_switch_nothing_is_asked_for_and_the_node_is_ready()
    {
        await using var host = await StartAsync([("Target", Plain), ("Schedule", "* * * * *")], new() { ["Enabled"] = "false" });
        await Eventually.HoldsAsync(async () => await ReadinessAsync(host) is HealthStatus.Healthy, "it is ready");
        await AdvanceToMinuteAsync(host);
        await AdvanceToMinuteAsync(host);

        Assert.That(RunsOf(host).Count, Is.Zero);
    }

    [TestCase("Requests:0:Schedule", "* * * *", "write a cron expression")]
    [TestCase("Requests:0:Schedule", "61 * * * *", "write a cron expression")]
    [TestCase("Requests:0:Schedule", "H * * * *", "write a cron expression")]
    [TestCase("Requests:0:Schedule", "0 0 30 2 *", "never comes")]
    [TestCase("Requests:0:Target", "runs/plain/1", "as a client sends them")]
    [TestCase("Requests:0:Target", "http://api.example/runs", "as a client sends them")]
    [TestCase("Requests:0:Target", "//api.example/runs", "as a client sends them")]
    [TestCase("Requests:0:Target", "/runs plain", "as a client sends them")]
    [TestCase("Requests:0:Target", "/runs#plain", "as a client sends them")]
    [TestCase("Requests:0:Target", "/zoë", "as a client sends them")]
    [TestCase("Requests:0:Target", "", "as a client sends them")]
    [TestCase("Origin", "api.example", "write a scheme and a host")]
    [TestCase("Origin", "ftp://api.example", "write a scheme and a host")]
    [TestCase("Origin", "https://api.example/path", "write a scheme and a host")]
    [TestCase("ReadyWithin", "00:11:00", "ReadyWithin")]
    [TestCase("RedisCached:KeyByHost", "true", "Origin is not set")]
    public async Task Mistake_stops_the_start_and_names_setting_and_remedy(string setting, string value, string remedy)
    {
        var name = setting.StartsWith("RedisCached:", StringComparison.Ordinal) ? setting : $"RedisCached:Warm:{setting}";

        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync([("Target", Plain)], new() { [name] = value }, redis: ""));

        Assert.That(mistake!.Message, Does.Contain(remedy).And.Contain(name.Contains("KeyByHost", StringComparison.Ordinal) ? "Origin" : setting));
    }

    [TestCase("*/5 * * * *"), TestCase("0 30 4 * * 1"), TestCase("@hourly")]
    public async Task Schedule_of_five_or_six_fields_is_none(string schedule)
    {
        await using var host = await StartAsync([("Target", Plain), ("Schedule", schedule), ("AtStart", "false")], redis: "");

        Assert.That(host.Services.GetRequiredService<IOptions<WarmOptions>>().Value.Requests.Single().Schedule, Is.EqualTo(schedule));
    }

    private static ContentResult Unstorable(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return new ContentResult { Content = "own" };
    }

    private static async Task LetGoAsync(CachedHost host, Run run)
    {
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await run.Aborted;
        run.Leave();
    }

    private static async Task AdvanceToMinuteAsync(CachedHost host)
    {
        var left = TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(host.Time.GetUtcNow().Ticks % TimeSpan.TicksPerMinute);
        await host.Time.TimersAsync(left, 1);
        host.Time.Advance(left);
    }

    private static Runs RunsOf(CachedHost host) => host.Services.GetRequiredService<Runs>();

    private static Task<Run> RunOf(CachedHost host) => RunsOf(host).NextAsync();

    private static async Task<HealthStatus> ReadinessAsync(CachedHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready")))
            .Entries["redis-cached-warm"].Status;

    private static Task<CachedHost> StartAsync(
        (string Name, string Value)[] request, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? pipeline = null, string? redis = null, string? prefix = null)
    {
        var all = request.ToDictionary(each => $"RedisCached:Warm:Requests:0:{each.Name}", each => (string?)each.Value);
        foreach (var (name, value) in settings ?? [])
            all[name] = value;

        return RunsController.StartAsync(
            all,
            collection =>
            {
                collection.AddRedisCachedOperations();
                collection.AddSingleton<TimeProvider>(new ManualTime { WallClockOffset = ToHalfPast });
                services?.Invoke(collection);
            },
            pipeline, redis, prefix);
    }

    /// <summary>Versions whose first reading is not in time.</summary>
    private sealed class LateAtFirst : ITagVersions
    {
        private readonly LocalTagVersions _versions = new();
        private int _readings;

        public Stamp? FindKnown(IReadOnlyList<string> tags) => _versions.FindKnown(tags);

        public ValueTask<Stamp?> ReadAsync(IReadOnlyList<string> tags) =>
            Interlocked.Increment(ref _readings) == 1 ? default : _versions.ReadAsync(tags);

        public Task<bool> EvictAsync(IReadOnlyCollection<string> tags) => _versions.EvictAsync(tags);
    }
}
