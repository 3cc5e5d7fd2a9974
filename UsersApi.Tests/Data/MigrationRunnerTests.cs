using Npgsql;
using UsersApi.Data;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class MigrationRunnerTests
{
    private TestDatabase _database = null!;
    private DirectoryInfo _folder = null!;

    [SetUp]
    public async Task CreateDatabase()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        _folder = Directory.CreateTempSubdirectory("usersapi-migrations-");
        await WriteAsync("0001_a.sql", "CREATE TABLE a (id int);");
        await WriteAsync("0002_b.sql", "CREATE TABLE b (id int); INSERT INTO b VALUES (1);");
    }

    [TearDown]
    public async Task DropDatabase()
    {
        _folder.Delete(recursive: true);
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Migrations_run_in_order_and_are_recorded()
    {
        var applied = await RunAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(applied, Is.EqualTo(2));
            Assert.That(await RecordedAsync(), Is.EqualTo("0001 0002"));
            Assert.That(
                await _database.ScalarAsync<long>(
                    "SELECT count(*) FROM schema_migrations WHERE length(checksum) = 64 AND applied_at <= now()"),
                Is.EqualTo(2));
        }
    }

    [Test]
    public async Task A_second_run_does_nothing()
    {
        await RunAsync();

        Assert.That(await RunAsync(), Is.Zero);
    }

    [Test]
    public async Task Of_five_nodes_that_start_at_once_one_migrates()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            await using var node = NpgsqlDataSource.Create(_database.ConnectionString);
            return await TestDatabase.RunnerFor(node, _folder.FullName).RunAsync(CancellationToken.None);
        }));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(applied.Order(), Is.EqualTo(new[] { 0, 0, 0, 0, 2 }));
            Assert.That(await _database.ScalarAsync<long>("SELECT count(*) FROM b"), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_migration_that_was_changed_after_it_ran_is_refused()
    {
        await RunAsync();
        await WriteAsync("0001_a.sql", "CREATE TABLE a (id bigint);");
        await WriteAsync("0003_c.sql", "CREATE TABLE c (id int);");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(RunAsync, Throws.TypeOf<MigrationException>().With.Message.Contains("0001_a.sql was changed after it ran"));
            Assert.That(await RecordedAsync(), Is.EqualTo("0001 0002"));
        }
    }

    [Test]
    public async Task A_migration_that_ran_and_has_no_file_is_refused()
    {
        await RunAsync();
        File.Delete(Path.Combine(_folder.FullName, "0001_a.sql"));

        Assert.That(RunAsync, Throws.TypeOf<MigrationException>().With.Message.Contains("0001 ran on this database"));
    }

    [Test]
    public async Task A_node_of_the_older_build_still_starts_while_the_newer_rolls_out()
    {
        await RunAsync();
        File.Delete(Path.Combine(_folder.FullName, "0002_b.sql"));

        Assert.That(await RunAsync(), Is.Zero);
    }

    [TestCase("SELECT 1 / 0;", TestName = "A_migration_that_fails_leaves_no_trace_and_stops_the_run")]
    [TestCase("INSERT INTO schema_migrations VALUES ('0002');", TestName = "A_migration_that_cannot_be_recorded_leaves_no_trace")]
    public async Task A_migration_that_fails_leaves_no_trace(string failure)
    {
        await WriteAsync("0002_b.sql", $"CREATE TABLE b (id int); {failure}");
        await WriteAsync("0003_c.sql", "CREATE TABLE c (id int);");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(RunAsync, Throws.TypeOf<MigrationException>().With.Message.Contains("0002_b.sql does not apply"));
            Assert.That(await RecordedAsync(), Is.EqualTo("0001"));
            Assert.That(await _database.ScalarAsync<string>("SELECT to_regclass('b')::text"), Is.Null);
        }
    }

    [Test]
    public async Task What_dbmate_ran_is_adopted()
    {
        await _database.ExecuteAsync(
            "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('0001')");

        var applied = await RunAsync();
        await WriteAsync("0001_a.sql", "CREATE TABLE a (id bigint);");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(applied, Is.EqualTo(1));
            Assert.That(RunAsync, Throws.TypeOf<MigrationException>(), "its checksum is known from then on");
        }
    }

    [Test]
    public void A_folder_without_migrations_is_refused() =>
        Assert.That(
            () => TestDatabase.RunnerFor(_database.DataSource, "no-such-folder").RunAsync(CancellationToken.None),
            Throws.TypeOf<MigrationException>().With.Message.Contains("no migrations"));

    [Test]
    public async Task Two_files_of_one_version_are_refused()
    {
        await WriteAsync("0002_c.sql", "CREATE TABLE c (id int);");

        Assert.That(RunAsync, Throws.TypeOf<MigrationException>().With.Message.Contains("0002_b.sql and 0002_c.sql share a version"));
    }

    [Test]
    public async Task A_late_migration_with_an_early_number_runs()
    {
        await RunAsync();
        await WriteAsync("0000_late.sql", "CREATE TABLE late (id int);");

        Assert.That(await RunAsync(), Is.EqualTo(1));
    }

    private Task<int> RunAsync() => TestDatabase.RunnerFor(_database.DataSource, _folder.FullName).RunAsync(CancellationToken.None);

    private Task WriteAsync(string fileName, string sql) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, fileName), sql);

    private Task<string?> RecordedAsync() =>
        _database.ScalarAsync<string>("SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations");
}
