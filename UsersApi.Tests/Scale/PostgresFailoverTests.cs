using System.Diagnostics;
using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>A replica that is promoted takes over without a restart of the application, and what it replaced is left alone.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class PostgresFailoverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ReplicatedPostgres _postgres = null!;
    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _postgres = await ReplicatedPostgres.StartAsync();
        _api = await _postgres.StartApiAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _api.DisposeAsync();
        _postgres.Dispose();
    }

    [Test]
    public async Task Writes_and_reads_go_on_after_a_promotion_and_what_was_cached_before_is_evicted()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _postgres.CaughtUpAsync();
        await HitsAsync(user);
        _postgres.Primary.Kill();
        await ReplicatedPostgres.ExecuteAsync(_postgres.Replica, "SELECT pg_promote(true, 60)");
        var promoted = Stopwatch.GetTimestamp();

        await Eventually.HoldsAsync(() => WritesAsync(user, "Ada King"), "a write succeeds", Patience);

        await TestContext.Out.WriteLineAsync($"The first write succeeded {Stopwatch.GetElapsedTime(promoted).TotalMilliseconds:F0} ms after the promotion.");
        Assert.That((await _api.Client.GetJsonAsync(user)).GetProperty("fullName").GetString(), Is.EqualTo("Ada King"));
        Assert.That(_api.Logs.At(LogLevel.Warning), Has.Some.Contain("failed over to timeline 2"));
    }

    [Test]
    public async Task What_only_the_lost_primary_had_is_not_served_from_the_cache_after_the_failover()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _postgres.CaughtUpAsync();
        await _postgres.CutOffAsync();
        Assert.That(await WritesAsync(user, "Lost"), Is.True);
        await HitsAsync(user);
        _postgres.Primary.Kill();
        await _postgres.PromoteAsync();

        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await _api.Client.FetchAsync(user);
                return response.StatusCode == HttpStatusCode.OK && (await response.BodyAsync()).GetProperty("fullName").GetString() == "Ada";
            },
            "the cache shows what the new primary has",
            Patience);
    }

    [Test]
    public async Task Former_primary_that_comes_back_gets_no_writes_and_answers_no_reads([Values] bool toAnotherNode)
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _postgres.CaughtUpAsync();
        _postgres.Primary.Kill();
        await _postgres.PromoteAsync();
        await Eventually.HoldsAsync(() => WritesAsync(user, "on the new one"), "a write succeeds", Patience);
        await _postgres.Primary.StartAsync();
        await _postgres.Primary.AnswersAsync();
        await using var another = toAnotherNode ? await _postgres.StartApiAsync(settings: ("RedisCached:KeyPrefix", "failover:")) : null;
        var api = another ?? _api;
        await HealthOfHostsIsAsync(api, "Degraded", "Healthy");

        for (var i = 0; i < 10; i++)
        {
            Assert.That(await WritesAsync(user, $"Ada {i}", api), Is.True);
            Assert.That((await api.Client.GetJsonAsync(user)).GetProperty("fullName").GetString(), Is.EqualTo($"Ada {i}"));
            Assert.That((await api.Client.GetJsonAsync($"{Http.Users}/nocache"))[0].GetProperty("fullName").GetString(), Is.EqualTo($"Ada {i}"));
        }

        Assert.That(await ReplicatedPostgres.ScalarAsync<string>(_postgres.Primary, "SELECT full_name FROM users"), Is.EqualTo("Ada"));
    }

    [Test]
    public async Task Replica_that_is_promoted_while_its_primary_lives_takes_over_from_it()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _postgres.CaughtUpAsync();
        await _postgres.PromoteAsync();
        await HealthOfHostsIsAsync(_api, "Degraded", "Healthy");

        Assert.That(await WritesAsync(user, "Ada King"), Is.True);

        Assert.That(await ReplicatedPostgres.ScalarAsync<string>(_postgres.Replica, "SELECT full_name FROM users"), Is.EqualTo("Ada King"));
        Assert.That((await _api.Client.GetJsonAsync(user)).GetProperty("fullName").GetString(), Is.EqualTo("Ada King"));
    }

    private async Task<bool> WritesAsync(string user, string name, UsersApiHost? api = null)
    {
        using var response = await (api ?? _api).Client.SendAsync(
            HttpMethod.Patch, user, $$"""{ "fullName": "{{name}}" }""", mediaType: "application/merge-patch+json");
        Assert.That(response.StatusCode, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.NotFound), $"{await response.Content.ReadAsStringAsync()}");
        return response.StatusCode == HttpStatusCode.OK;
    }

    private Task HitsAsync(string url) => Eventually.HoldsAsync(
        async () =>
        {
            using var response = await _api.Client.FetchAsync(url);
            return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
        },
        "a hit");

    private static Task HealthOfHostsIsAsync(UsersApiHost api, string first, string second) => Eventually.HoldsAsync(
        async () =>
        {
            var checks = (await api.Client.GetJsonAsync("/health/ready")).GetProperty("checks");
            return checks.GetProperty("postgres-host-1").GetString() == first && checks.GetProperty("postgres-host-2").GetString() == second;
        },
        $"the hosts are {first} and {second}",
        Patience);
}
