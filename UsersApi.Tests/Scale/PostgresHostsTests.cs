using System.Globalization;
using UsersApi.Data;
using UsersApi.Tests.Chaos;

namespace UsersApi.Tests.Scale;

/// <summary>Which of three servers is taken for the primary, and which for its replica, when they do not agree.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class PostgresHostsTests
{
    private PostgresOfTheRun _other = null!;
    private ReplicatedPostgres _postgres = null!;
    private ServiceProvider _services = null!;
    private PostgresHosts _hosts = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _postgres = await ReplicatedPostgres.StartAsync();
        _other = await ReplicatedPostgres.StartReplicaAsync(_postgres.Primary);
        var hosts = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_other.Port},localhost:{_postgres.Replica.Port},127.0.0.1:{_postgres.Primary.Port}");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:Postgres", $"Host={hosts};Username=postgres;Database=postgres")]).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPostgres(configuration).BuildServiceProvider();
        _hosts = _services.GetRequiredService<PostgresHosts>();
        await _hosts.LookAsync();
        Assert.That(Roles, Is.EqualTo(new[] { PostgresRole.Replica, PostgresRole.Replica, PostgresRole.Primary }));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _services.DisposeAsync();
        _other.Dispose();
        _postgres.Dispose();
    }

    private PostgresRole[] Roles => [.. _hosts.All.Select(host => host.Role)];

    [Test]
    public async Task Two_that_were_promoted_to_one_timeline_are_both_refused_until_one_is_gone()
    {
        _postgres.Primary.Kill();
        await ReplicatedPostgres.ExecuteAsync(_other, "SELECT pg_promote(true, 60)");
        await _postgres.PromoteAsync();
        await _hosts.LookAsync();

        Assert.That(async () => await _hosts.PrimaryAsync(CancellationToken.None), Throws.TypeOf<NoPrimaryException>());
        Assert.That(Roles, Is.EqualTo(new[] { PostgresRole.Outdated, PostgresRole.Outdated, PostgresRole.Unreachable }));

        _other.Kill();
        Assert.That(await _hosts.PrimaryAsync(CancellationToken.None), Is.SameAs(_hosts.All[1]));
    }

    [Test]
    public async Task Replica_that_has_more_of_the_old_timeline_than_the_new_primary_is_not_read_from()
    {
        await _postgres.CutOffAsync(replicasLeft: 1);
        await ReplicatedPostgres.ExecuteAsync(_postgres.Primary, "CREATE TABLE lost AS SELECT generate_series(1, 100000) AS number");
        await _postgres.CaughtUpAsync();
        _postgres.Primary.Kill();
        await _postgres.PromoteAsync();
        await ReplicatedPostgres.ExecuteAsync(_postgres.Replica, "CREATE TABLE kept AS SELECT 1 AS number");
        var written = await ReplicatedPostgres.ScalarAsync<long>(_postgres.Replica, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");
        var replayed = await ReplicatedPostgres.ScalarAsync<long>(_other, "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint");

        await _hosts.LookAsync();

        Assert.That(replayed, Is.GreaterThan(written), "else positions alone would do");
        Assert.That(Roles, Is.EqualTo(new[] { PostgresRole.Outdated, PostgresRole.Primary, PostgresRole.Unreachable }));
        Assert.That(_hosts.NextReplica(), Is.Null);
    }
}
