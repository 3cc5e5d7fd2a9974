using Npgsql;
using UsersApi.Data;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>On a dump of a database that the first release made, whose migrations still had down sections.</summary>
public sealed class FirstReleaseTests
{
    private const string Recorded =
        "SELECT string_agg(version || ' ' || checksum, ' ' ORDER BY version) FROM schema_migrations WHERE version <= '0002'";

    private TestDatabase _database = null!;
    private DirectoryInfo _folder = null!;

    [SetUp]
    public async Task RestoreDatabase()
    {
        _database = await TestDatabase.CreateEmptyAsync();
        await _database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", "first-release.sql")));
        _folder = Directory.CreateTempSubdirectory("usersapi-migrations-");
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "migrations")))
        {
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        }
    }

    [TearDown]
    public async Task DropDatabase()
    {
        _folder.Delete(recursive: true);
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Its_database_goes_on_when_five_nodes_of_this_build_start_at_once()
    {
        var before = await _database.ScalarAsync<string>(Recorded);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "9999_next.sql"), "CREATE TABLE next (id int);");
        var files = _folder.GetFiles().Length;

        var applied = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            await using var node = NpgsqlDataSource.Create(_database.ConnectionString);
            return await RunAsync(node);
        }));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(applied.Order(), Is.EqualTo(new[] { 0, 0, 0, 0, files - 2 }), "all but the two that it has");
            Assert.That(await _database.ScalarAsync<string>(Recorded), Is.EqualTo(before), "its own nodes still compare that");
        }
    }

    [Test]
    public async Task Its_nodes_start_on_a_database_that_this_build_made()
    {
        await using var made = await TestDatabase.CreateAsync();

        Assert.That(await made.ScalarAsync<string>(Recorded), Is.EqualTo(await _database.ScalarAsync<string>(Recorded)));
    }

    [Test]
    public async Task A_file_that_was_changed_since_is_refused_by_name()
    {
        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "0001_create_users.sql"), "-- a change\n");

        Assert.That(
            () => RunAsync(_database.DataSource),
            Throws.TypeOf<MigrationException>().With.Message.Contains("0001_create_users.sql was changed after it ran"));
    }

    private Task<int> RunAsync(NpgsqlDataSource dataSource) =>
        TestDatabase.RunnerFor(dataSource, _folder.FullName).RunAsync(CancellationToken.None);
}
