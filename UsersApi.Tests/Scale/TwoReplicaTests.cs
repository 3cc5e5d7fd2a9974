using System.Globalization;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>Of two replicas one may lag or be away: the other goes on answering, and neither gives an old answer.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class TwoReplicaTests
{
    private const string Uncached = $"{Http.Users}/nocache";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ReplicatedPostgres _postgres = null!;
    private PostgresOfTheRun _other = null!;
    private UsersApiHost _api = null!;
    private CountedReads _reads = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _postgres = await ReplicatedPostgres.StartAsync();
        _other = await ReplicatedPostgres.StartReplicaAsync(_postgres.Primary);
        var hosts = string.Create(
            CultureInfo.InvariantCulture, $"127.0.0.1:{_postgres.Replica.Port},127.0.0.1:{_postgres.Primary.Port},127.0.0.1:{_other.Port}");
        _api = await UsersApiHost.StartBehindAsync(
            _ => $"Host={hosts};Username=postgres;Database=postgres;Maximum Pool Size=20",
            TimeProvider.System,
            ("Postgres:ReadReplicas", "true"),
            ("Postgres:MigrateOnStart", "true"),
            ("Postgres:ReplicaWait", "00:00:00.500"));
        _reads = CountedReads.In(_api.Services);
        await AreBothReadFromAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _reads.Dispose();
        await _api.DisposeAsync();
        _other.Dispose();
        _postgres.Dispose();
    }

    [Test]
    public async Task While_one_lags_the_other_answers_and_nothing_that_was_acknowledged_is_missing()
    {
        var checker = await LagChecker.StartAsync(_api.Client, users: 4);
        await _postgres.PauseReplayAsync();
        var before = _reads.ByReplica;

        await checker.RunAsync(TimeSpan.FromSeconds(6));

        await TestContext.Out.WriteLineAsync($"{checker}; reads of Postgres: {_reads}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(checker.Violations, Is.Empty);
            Assert.That(checker.Writes, Is.GreaterThan(20));
            Assert.That(_reads.ByReplica - before, Is.GreaterThan(20));
            Assert.That(_reads["primary behind"], Is.Positive);
        }

        await _postgres.ResumeReplayAsync();
        await AreBothReadFromAsync();
    }

    [TestCase("KILL"), TestCase("STOP")]
    public async Task While_one_is_away_reads_go_on_with_the_other_and_nothing_that_was_acknowledged_is_missing(string signal)
    {
        var checker = await LagChecker.StartAsync(_api.Client, users: 4);
        var checking = checker.RunAsync(TimeSpan.FromSeconds(6));
        try
        {
            await _other.SignalAsync(signal);
            await checking;
            var before = _reads.ByReplica;
            await Eventually.HoldsAsync(
                async () =>
                {
                    await _api.Client.GetJsonAsync($"{Uncached}?limit=1").WaitAsync(TimeSpan.FromSeconds(8));
                    return _reads.ByReplica > before;
                },
                "the other replica is read from",
                Patience);
        }
        finally
        {
            await (signal == "STOP" ? _other.SignalAsync("CONT") : Task.CompletedTask);
        }

        await TestContext.Out.WriteLineAsync($"{checker}; reads of Postgres: {_reads}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(checker.Violations, Is.Empty);
            Assert.That(checker.Writes, Is.GreaterThan(20));
            Assert.That(_api.Logs.At(LogLevel.Error), Is.Empty);
        }
    }

    // Sessions of the application that have read are there on both.
    private Task AreBothReadFromAsync() => Eventually.HoldsAsync(
        async () =>
        {
            await _api.Client.GetJsonAsync($"{Uncached}?limit=1");
            return await ReplicatedPostgres.SessionsThatReadAsync(_postgres.Replica) > 0
                && await ReplicatedPostgres.SessionsThatReadAsync(_other) > 0;
        },
        "both replicas are read from",
        Patience);
}
