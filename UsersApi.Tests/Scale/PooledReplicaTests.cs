using System.Globalization;
using System.Net;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Data;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>PgBouncer may stand before the primary and before its replica, and no answer is older because of it.</summary>
[TestFixture("session"), TestFixture("transaction"), Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class PooledReplicaTests(string mode)
{
    private const string Uncached = $"{Http.Users}/nocache";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ReplicatedPostgres _postgres = null!;
    private PgBouncer _ofPrimary = null!;
    private PgBouncer _ofReplica = null!;
    private UsersApiHost _api = null!;
    private CountedReads _reads = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _postgres = await ReplicatedPostgres.StartAsync();
        _ofPrimary = await PgBouncer.StartAsync(mode, PostgresOfTheRun.ConnectionStringAt(_postgres.Primary.Port));
        _ofReplica = await PgBouncer.StartAsync(mode, PostgresOfTheRun.ConnectionStringAt(_postgres.Replica.Port));
        var pools = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_ofPrimary.Port},127.0.0.1:{_ofReplica.Port}");
        _api = await UsersApiHost.StartBehindAsync(
            _ => $"Host={pools};Username=postgres;Database=postgres;Maximum Pool Size=20",
            TimeProvider.System,
            ("ConnectionStrings:PostgresDirect", _postgres.ConnectionString),
            ("Postgres:ReadReplicas", "true"),
            ("Postgres:MigrateOnStart", "true"),
            ("Postgres:ReplicaWait", "00:00:00.500"));
        _reads = CountedReads.In(_api.Services);
        await IsReadFromAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _reads.Dispose();
        await _api.DisposeAsync();
        _ofReplica.Dispose();
        _ofPrimary.Dispose();
        _postgres.Dispose();
    }

    [Test]
    public async Task Reads_and_writes_side_by_side_see_what_was_acknowledged_before_however_the_replica_lags()
    {
        var checker = await LagChecker.StartAsync(_api.Client, users: 4);
        var lag = checker.RunAsync(TimeSpan.FromSeconds(6));
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

    [Test]
    public async Task Replica_that_is_killed_behind_its_pool_is_replaced_by_the_primary_and_used_again_when_it_is_back()
    {
        _postgres.Replica.Kill();

        for (var i = 1; i <= 20; i++)
            await _api.Client.GetJsonAsync($"{Uncached}?limit={i}").WaitAsync(TimeSpan.FromSeconds(8));

        await _postgres.Replica.StartAsync();
        await IsReadFromAsync();
    }

    [Test]
    public async Task Primary_that_is_killed_behind_its_pool_is_a_503_until_the_replica_is_promoted_and_followed()
    {
        await _postgres.CaughtUpAsync();
        _postgres.Primary.Kill();

        for (var i = 1; i <= 5; i++)
        {
            using var read = await _api.Client.FetchAsync($"{Uncached}?limit={i}");
            using var written = await WriteAsync();
            await read.ProblemAsync(HttpStatusCode.ServiceUnavailable);
            await written.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        }

        await _postgres.PromoteAsync();
        await Eventually.HoldsAsync(
            async () =>
            {
                using var written = await WriteAsync();
                Assert.That(written.StatusCode, Is.AnyOf(HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable));
                return written.IsSuccessStatusCode;
            },
            "the promoted replica takes writes",
            Patience);
        Assert.That((await _api.Client.GetJsonAsync(Uncached)).GetArrayLength(), Is.EqualTo(1));
    }

    private Task<HttpResponseMessage> WriteAsync() =>
        _api.Client.SendAsync(HttpMethod.Post, Http.Users, """{ "email": "ada@example.com" }""");

    private Task IsReadFromAsync() => Eventually.HoldsAsync(
        async () =>
        {
            var before = _reads.ByReplica;
            await _api.Client.GetJsonAsync($"{Uncached}?limit=1");
            return _reads.ByReplica > before;
        },
        "the replica is read from",
        Patience);
}
