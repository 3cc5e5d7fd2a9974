using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>Reads may be answered by a replica, and never with less than was acknowledged before they began.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class ReplicaReadTests
{
    private const string Uncached = $"{Http.Users}/nocache";

    private ReplicatedPostgres _postgres = null!;
    private UsersApiHost _api = null!;
    private CountedReads _reads = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _postgres = await ReplicatedPostgres.StartAsync();
        _api = await _postgres.StartApiAsync(settings: ("Postgres:ReplicaWait", "00:00:00.500"));
        _reads = CountedReads.In(_api.Services);
        await IsReadFromAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _reads.Dispose();
        await _api.DisposeAsync();
        _postgres.Dispose();
    }

    [Test]
    public async Task Reads_run_on_the_replica_and_writes_with_all_that_they_look_up_on_the_primary()
    {
        for (var i = 1; i <= 20; i++)
        {
            await _api.Client.GetJsonAsync($"{Http.Users}?limit={i}&include=total");
            await _api.Client.GetJsonAsync($"{Http.Users}?email=user{i}@example.com");
            await _api.Client.GetJsonAsync($"{Http.Users}/search?q=user{i}");
            using var missing = await _api.Client.FetchAsync($"{Http.Users}/{Guid.NewGuid()}");
        }

        var byReplica = _reads.ByReplica;
        var (onPrimary, onReplica) =
            (await ReplicatedPostgres.SessionsThatReadAsync(_postgres.Primary), await ReplicatedPostgres.SessionsThatReadAsync(_postgres.Replica));
        using var none = await _api.Client.SendAsync(HttpMethod.Delete, $"{Http.Users}/{Guid.NewGuid()}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((onPrimary, onReplica > 0), Is.EqualTo((0, true)), $"{_reads}");
            Assert.That(byReplica, Is.GreaterThanOrEqualTo(80));
            Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That(_reads.ByReplica, Is.EqualTo(byReplica));
        }
    }

    [Test]
    public async Task Replica_whose_replay_is_paused_gives_no_old_answer()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _api.Client.GetJsonAsync(user);
        await _postgres.PauseReplayAsync();
        var byReplica = _reads.ByReplica;

        for (var i = 0; i < 5; i++)
        {
            using var written = await _api.Client.SendAsync(
                HttpMethod.Patch, user, $$"""{ "fullName": "Ada {{i}}" }""", mediaType: "application/merge-patch+json");
            Assert.That((await _api.Client.GetJsonAsync(user)).GetProperty("fullName").GetString(), Is.EqualTo($"Ada {i}"));
            Assert.That((await _api.Client.GetJsonAsync(Http.Users))[0].GetProperty("fullName").GetString(), Is.EqualTo($"Ada {i}"));
        }

        Assert.That(_reads.ByReplica, Is.EqualTo(byReplica), $"{_reads}");
        Assert.That(_reads["primary behind"], Is.Positive);
        await _postgres.ResumeReplayAsync();
        await IsReadFromAsync();
    }

    [Test]
    public async Task Idle_replica_is_current_where_the_log_ends_with_a_file()
    {
        await _postgres.CaughtUpAsync();
        await ReplicatedPostgres.ExecuteAsync(_postgres.Primary, "SELECT pg_switch_wal()");
        var behind = _reads["primary behind"];

        await IsReadFromAsync();

        Assert.That(_reads["primary behind"], Is.EqualTo(behind), $"{_reads}");
    }

    [Test]
    public async Task Replica_that_ends_a_query_for_the_sake_of_its_replay_is_still_used_and_the_primary_answers()
    {
        await _api.Client.CreateUserAsync("ada@example.com");
        await ReplicatedPostgres.ExecuteAsync(_postgres.Primary, """
            ALTER TABLE users RENAME TO people;
            CREATE VIEW users AS SELECT * FROM people WHERE pg_sleep(1) IS NOT NULL;
            """);
        await ReplicatedPostgres.ExecuteAsync(_postgres.Replica, "ALTER SYSTEM SET max_standby_streaming_delay = 0");
        await ReplicatedPostgres.ExecuteAsync(_postgres.Replica, "SELECT pg_reload_conf()");
        await IsReadFromAsync();
        var (byReplica, read) = (_reads.ByReplica, _api.Client.GetJsonAsync($"{Uncached}?limit=2"));
        await Eventually.HoldsAsync(
            () => ReplicatedPostgres.ScalarAsync<bool>(_postgres.Replica, "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"),
            "the query runs on the replica");

        await ReplicatedPostgres.ExecuteAsync(_postgres.Primary, "BEGIN; LOCK TABLE people; COMMIT");

        Assert.That((await read).GetArrayLength(), Is.EqualTo(1));
        Assert.That((_reads.ByReplica, _reads["primary failed"]), Is.EqualTo((byReplica, 1)), $"{_reads}");
        await _api.Client.GetJsonAsync($"{Uncached}?limit=3");
        Assert.That(_reads.ByReplica, Is.EqualTo(byReplica + 1), $"{_reads}");
    }

    [Test]
    public async Task Replica_that_is_killed_is_replaced_by_the_primary_and_used_again_when_it_is_back()
    {
        _postgres.Replica.Kill();

        for (var i = 1; i <= 20; i++)
            await _api.Client.GetJsonAsync($"{Uncached}?limit={i}");

        await HasHealthAsync("postgres-host-2", "Degraded");
        await HasHealthAsync("postgres-host-1", "Healthy");
        await _postgres.Replica.StartAsync();
        await IsReadFromAsync();
        await HasHealthAsync("postgres-host-2", "Healthy");
    }

    [Test]
    public async Task Replica_that_hangs_holds_nobody_for_longer_than_it_takes_to_notice()
    {
        await _postgres.Replica.SignalAsync("STOP");
        try
        {
            for (var i = 1; i <= 20; i++)
                await _api.Client.GetJsonAsync($"{Uncached}?limit={i}").WaitAsync(TimeSpan.FromSeconds(8));
        }
        finally
        {
            await _postgres.Replica.SignalAsync("CONT");
        }

        await IsReadFromAsync();
    }

    [Test]
    public async Task Without_the_primary_no_replica_can_prove_that_it_is_current()
    {
        _postgres.Primary.Kill();

        using var response = await _api.Client.FetchAsync($"{Uncached}?limit=3");

        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Test]
    public async Task Reads_and_writes_side_by_side_see_what_was_acknowledged_before_however_the_replica_lags()
    {
        var checker = await LagChecker.StartAsync(_api.Client, users: 4);
        var lag = checker.RunAsync(TimeSpan.FromSeconds(8));
        for (var i = 0; !lag.IsCompleted; i++)
        {
            await _postgres.PauseReplayAsync();
            await Task.WhenAny(lag, Task.Delay(TimeSpan.FromMilliseconds(100 * (i % 8))));
            await _postgres.ResumeReplayAsync();
            await Task.WhenAny(lag, Task.Delay(TimeSpan.FromMilliseconds(50 * (i % 8))));
        }

        await lag;
        await TestContext.Out.WriteLineAsync($"{checker}; reads of Postgres: {_reads}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(checker.Violations, Is.Empty);
            Assert.That(checker.Writes, Is.GreaterThan(20));
            Assert.That(_reads.ByReplica, Is.GreaterThan(20));
            Assert.That(_reads["primary behind"], Is.Positive);
        }
    }

    // A read of another kind each time, so that none is a hit.
    private Task IsReadFromAsync() => Eventually.HoldsAsync(
        async () =>
        {
            var before = _reads.ByReplica;
            await _api.Client.GetJsonAsync($"{Uncached}?limit=1");
            return _reads.ByReplica > before;
        },
        "the replica is read from",
        TimeSpan.FromSeconds(30));

    private Task HasHealthAsync(string check, string status) => Eventually.HoldsAsync(
        async () => (await _api.Client.GetJsonAsync("/health/ready")).GetProperty("checks").GetProperty(check).GetString() == status,
        $"{check} is {status}",
        TimeSpan.FromSeconds(30));
}
