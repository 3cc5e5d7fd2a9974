using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>Hits whose action runs again in the background, to compare.</summary>
public sealed class CanaryTests
{
    private const string One = $"{Http.Users}?limit=1";

    // As a program would that goes past the triggers which tell the API of changes.
    private const string ChangeUnseen = "SET session_replication_role = replica; UPDATE users SET full_name = 'Changed'";

    private readonly ManualTime _clock = new();

    [Test]
    public async Task Response_that_its_action_gives_again_is_the_same_however_it_was_asked_for()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);

        foreach (var (name, value) in (IEnumerable<(string, string)>)[("Accept-Encoding", "gzip"), ("If-None-Match", "*"), ("Range", "bytes=0-1"), ("X-Any", "1")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, One) { Headers = { { name, value } } };
            using var hit = await api.Anonymous.SendAsync(request);
            Assert.That(hit.Headers.GetValues("Cache-Status").Single(), Does.Contain("; hit"));
            await results.NextAsync();
        }

        using var head = await api.Anonymous.SendAsync(HttpMethod.Head, One);
        await results.AreAsync("same", "same", "same", "same", "same");
        Assert.That(api.Logs.At(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task Change_that_nothing_evicted_is_found()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        await ChangeAsync(api);

        using var hit = await api.Anonymous.FetchAsync(One);
        await _clock.TimersAsync(CacheCanary.Patience, 1);
        _clock.Advance(CacheCanary.Patience);

        await results.AreAsync("different");
        var told = api.Logs.At(LogLevel.Error).Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(told, Does.Contain("UsersController.List").And.Contain("SHA-256"));
            Assert.That(told, Does.Not.Contain("limit=1"), "keys hold what clients sent");
        }
    }

    [Test]
    public async Task Change_whose_eviction_is_still_on_its_way_is_no_fault()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        await ChangeAsync(api);

        using var hit = await api.Anonymous.FetchAsync(One);
        await _clock.TimersAsync(CacheCanary.Patience, 1);
        using var evicted = await api.Client.SendAsync(HttpMethod.Post, "/api/v1/cache/evictions", """{"tags":["users"]}""");
        _clock.Advance(CacheCanary.Patience);

        await results.AreAsync("evicted");
        Assert.That(api.Logs.At(LogLevel.Error), Is.Empty);
    }

    [Test]
    public async Task Difference_that_was_switched_off_meanwhile_is_served_to_nobody_and_not_told()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        await ChangeAsync(api);

        using var hit = await api.Anonymous.FetchAsync(One);
        await _clock.TimersAsync(CacheCanary.Patience, 1);
        await api.Services.GetRequiredService<CacheSwitches>().SetAsync(isOn: false);
        _clock.Advance(CacheCanary.Patience);

        await results.AreAsync("evicted");
        Assert.That(api.Logs.At(LogLevel.Error), Is.Empty);
    }

    [Test]
    public async Task Action_that_fails_says_nothing_of_what_was_stored()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        await api.Database.ExecuteAsync("ALTER TABLE users RENAME TO hidden");

        using var hit = await api.Anonymous.FetchAsync(One);

        await results.AreAsync("failed");
        Assert.That(hit.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Comparison_is_neither_stored_nor_counted_as_a_request()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        await ChangeAsync(api);

        using var hit = await api.Anonymous.FetchAsync(One);
        await _clock.TimersAsync(CacheCanary.Patience, 1);
        using var second = await api.Anonymous.FetchAsync(One);

        Assert.That(CountOf(api), Is.EqualTo("hit 2, stored 1"));
        Assert.That(await second.Content.ReadAsStringAsync(), Is.EqualTo(await hit.Content.ReadAsStringAsync()));
    }

    [Test]
    public async Task It_is_off_unless_it_is_asked_for()
    {
        await using var api = await StartFilledAsync(("RedisCached:CanaryPermille", "0"));
        using var results = new Results(api);
        await ChangeAsync(api);

        using var hit = await api.Anonymous.FetchAsync(One);

        await _clock.TimersAsync(CacheCanary.Patience, 0);
        await results.AreAsync();
    }

    [Test]
    public async Task Comparison_takes_a_permit_while_its_action_runs_and_gives_it_back()
    {
        await using var api = await StartFilledAsync(
            ("RedisCached:CanaryPermille", "1000"), ("RedisCached:MaxRunningMisses", "1"), ("RedisCached:MissWait", "00:00:00"));
        using var results = new Results(api);

        await using (await api.Database.LockedUsersAsync())
        {
            using var hit = await api.Anonymous.FetchAsync(One);
            await api.Database.LockWaitersAsync(1, "the comparison runs the action");
            using var refused = await api.Anonymous.FetchAsync($"{Http.Users}?limit=2");
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        await results.AreAsync("same");
        using var allowed = await api.Anonymous.FetchAsync($"{Http.Users}?limit=2");
        Assert.That(allowed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Header_that_its_action_gives_no_more_is_found()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        // The page of one stays as it is; only how many there are beyond it changes.
        await api.Database.ExecuteAsync("""
            SET session_replication_role = replica;
            INSERT INTO users (id, email, full_name, created_at, updated_at)
            SELECT 'ffffffff-0000-7000-8000-000000000001', 'after@example.com', 'After', created_at, updated_at FROM users
            """);

        using var hit = await api.Anonymous.FetchAsync(One);
        await _clock.TimersAsync(CacheCanary.Patience, 1);
        _clock.Advance(CacheCanary.Patience);

        await results.AreAsync("different");
    }

    [Test]
    public async Task Difference_is_confirmed_once_at_a_time_and_leaves_room_for_other_comparisons()
    {
        await using var api = await StartFilledAsync();
        using var other = await api.Anonymous.FetchAsync("/explained/problem");
        using var results = new Results(api);
        await ChangeAsync(api);
        foreach (var _ in Enumerable.Range(0, 12))
        {
            using var hit = await api.Anonymous.FetchAsync(One);
            await _clock.TimersAsync(CacheCanary.Patience, 1);
        }

        // A problem names its own request: its body differs each time.
        await Eventually.HoldsAsync(
            async () =>
            {
                using var hit = await api.Anonymous.FetchAsync("/explained/problem");
                return results.All.Any();
            },
            "another action is compared meanwhile");
        _clock.Advance(CacheCanary.Patience);
        await Eventually.HoldsAsync(() => Task.FromResult(results.All.Contains("different")), "the difference");
        Assert.That(results.All.GroupBy(one => one).Select(group => (group.Key, group.Key == "different" ? group.Count() : 1)), Is.EquivalentTo([("same", 1), ("different", 1)]));
    }

    [Test]
    public async Task Variant_that_its_action_selects_by_itself_is_compared_with_the_same()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        foreach (var coding in (string[])["gzip", "br", "gzip", "br"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/explained/variant", UriKind.Relative)) { Headers = { { "Accept-Encoding", coding } } };
            using var response = await api.Anonymous.SendAsync(request);
            if (response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal))
                await results.NextAsync();
        }

        await results.AreAsync("same", "same");
    }

    [Test]
    public async Task Comparison_that_takes_too_long_is_given_up()
    {
        await using var api = await StartFilledAsync();
        using var results = new Results(api);
        var limit = TimeSpan.FromSeconds(30);
        await using (await api.Database.LockedUsersAsync())
        {
            using var hit = await api.Anonymous.FetchAsync(One);
            await api.Database.LockWaitersAsync(1, "the comparison runs the action");
            await _clock.TimersAsync(limit, 1);
            _clock.Advance(limit);
            await results.AreAsync("failed");
        }
    }

    private static string CountOf(UsersApiHost api) => string.Join(", ", api.Services.GetRequiredService<CacheStatistics>().Routes.Single().Reasons
        .OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"));

    private static Task ChangeAsync(UsersApiHost api) => api.Database.ExecuteAsync(ChangeUnseen);

    private async Task<UsersApiHost> StartFilledAsync(params (string, string)[] settings)
    {
        var api = await UsersApiHost.StartBehindAsync(
            database => database.ConnectionString, _clock,
            [("Outbox:Enabled", "false"), .. settings.Length > 0 ? settings : [("RedisCached:CanaryPermille", "1000")]]);
        await api.Client.CreateUserAsync("ada@example.com", "Ada");
        using var stored = await api.Anonymous.FetchAsync(One);
        Assert.That(stored.Headers.GetValues("Cache-Status").Single(), Does.Contain("stored"));
        return api;
    }

    /// <summary>What the comparisons of one host say from now on.</summary>
    private sealed class Results : IDisposable
    {
        private readonly ConcurrentQueue<string> _counted = new();
        private readonly MeterListener _listener = new();
        private int _awaited;

        public IEnumerable<string> All => _counted;

        public Results(UsersApiHost api)
        {
            var factory = api.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (published, listener) =>
            {
                if (published.Name == "cache.canary.comparisons" && published.Meter.Scope == factory)
                    listener.EnableMeasurementEvents(published);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Enqueue((string)tags.ToArray().Single(one => one.Key == "cache.canary.result").Value!));
            _listener.Start();
        }

        public async Task NextAsync()
        {
            await Eventually.HoldsAsync(() => Task.FromResult(_counted.Count > _awaited), "one more result");
            _awaited++;
        }

        public async Task AreAsync(params string[] expected)
        {
            await Eventually.HoldsAsync(() => Task.FromResult(_counted.Count >= expected.Length), $"{expected.Length} results");
            Assert.That(_counted, Is.EqualTo(expected));
        }

        public void Dispose() => _listener.Dispose();
    }
}
