using Npgsql;
using UsersApi.Data;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class MigrationTimeTests
{
    // Nothing healthy comes near it: a run that does not stop fails its test, and does not hold up the others.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private TestDatabase _database = null!;
    private DirectoryInfo _folder = null!;

    [SetUp]
    public async Task CreateDatabase()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        _folder = Directory.CreateTempSubdirectory("usersapi-migrations-");
    }

    [TearDown]
    public async Task DropDatabase()
    {
        _folder.Delete(recursive: true);
        await _database.DisposeAsync();
    }

    [Test]
    public async Task A_run_can_be_stopped_while_it_migrates_and_while_it_waits()
    {
        using var stopMigrating = new CancellationTokenSource();
        using var stopWaiting = new CancellationTokenSource();
        await WriteAsync("CREATE TABLE a (id int); SELECT pg_sleep(600);");
        var migrating = Runner.RunAsync(stopMigrating.Token);
        await IsSeenAsync("PgSleep");
        var waiting = Runner.RunAsync(stopWaiting.Token);
        await IsSeenAsync("advisory");

        await stopWaiting.CancelAsync();
        Assert.That(() => waiting.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());
        await stopMigrating.CancelAsync();
        Assert.That(() => migrating.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await _database.ScalarAsync<string>("SELECT to_regclass('a')::text"), Is.Null, "it left no trace");
        await WriteAsync("CREATE TABLE a (id int);");
        Assert.That(await Runner.RunAsync(CancellationToken.None).WaitAsync(Deadline), Is.EqualTo(1), "and the lock is free");
    }

    [Test]
    public async Task A_migration_and_who_waits_for_it_may_take_longer_than_other_commands()
    {
        await WriteAsync("SELECT pg_sleep(1.5);");
        await using var hasty = NpgsqlDataSource.Create(_database.ConnectionString + ";Command Timeout=1");

        var applied = await Task.WhenAll(RunAsync(hasty), RunAsync(hasty));

        Assert.That(applied.Order(), Is.EqualTo(new[] { 0, 1 }));
    }

    private MigrationRunner Runner => TestDatabase.RunnerFor(_database.DataSource, _folder.FullName);

    private Task<int> RunAsync(NpgsqlDataSource dataSource) =>
        TestDatabase.RunnerFor(dataSource, _folder.FullName).RunAsync(CancellationToken.None);

    private Task WriteAsync(string sql) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, "1_a.sql"), sql);

    private Task IsSeenAsync(string waitEvent) => Eventually.HoldsAsync(
        () => _database.ScalarAsync<bool>(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = @waitEvent", new { waitEvent }),
        $"a connection waits for {waitEvent}");
}
