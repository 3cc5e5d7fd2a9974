using Npgsql;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>Postgres has times that .NET has not. None can be in the table, so none can break a list.</summary>
public sealed class ReadableTimeTests
{
    private const string Uncached = $"{Http.Users}/nocache";
    private static readonly string[] Odd = ["0044-03-15 12:00:00+00 BC", "infinity", "-infinity", "10000-01-01 00:00:00+00"];
    private static readonly string[] Bounds = ["0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00"];

    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi() => _api = await UsersApiHost.StartEmptyAsync(("Outbox:Enabled", "false"));

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task A_time_that_cannot_be_read_is_refused(
        [ValueSource(nameof(Odd))] string time, [Values("created_at", "updated_at")] string column)
    {
        await MigrateAsync();
        await InsertAsync("2020-01-01 00:00:00+00");

        using (Assert.EnterMultipleScope())
        {
            await Assert.ThatAsync(() => InsertAsync(time), Violates);
            await Assert.ThatAsync(() => _api.Database.ExecuteAsync($"UPDATE users SET {column} = '{time}'"), Violates);
        }
    }

    [Test]
    public async Task The_first_and_the_last_time_that_can_be_read_are_listed()
    {
        await MigrateAsync();
        foreach (var time in Bounds)
        {
            await InsertAsync(time);
        }

        Assert.That(await ListedAsync(), Is.EquivalentTo(new[] { "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z" }));
    }

    [Test]
    public async Task A_table_that_holds_such_times_is_mended_and_listed()
    {
        await MigrateBeforeAsync("0003");
        foreach (var time in Odd.Append("2020-01-01 00:00:00+00"))
        {
            await InsertAsync(time);
        }

        await MigrateAsync();

        Assert.That(
            await ListedAsync(),
            Is.EquivalentTo(new[]
            {
                "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2020-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z",
            }));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Violates =>
        Throws.TypeOf<PostgresException>().With.Property(nameof(PostgresException.SqlState)).EqualTo(PostgresErrorCodes.CheckViolation);

    private async Task<List<string?>> ListedAsync() =>
        [.. (await _api.Client.GetJsonAsync(Uncached)).EnumerateArray().Select(user => user.GetProperty("createdAt").GetString())];

    private Task InsertAsync(string time) => _api.Database.ExecuteAsync(
        $"INSERT INTO users (id, created_at, updated_at, email) SELECT id, '{time}', '{time}', id || '@example.com' FROM gen_random_uuid() AS id");

    private Task<int> MigrateAsync() => TestDatabase.RunnerFor(_api.Database.DataSource).RunAsync(CancellationToken.None);

    private async Task MigrateBeforeAsync(string version)
    {
        var folder = Directory.CreateTempSubdirectory("usersapi-migrations-");
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "migrations")).Select(path => new FileInfo(path)))
        {
            if (string.CompareOrdinal(file.Name, version) < 0)
            {
                file.CopyTo(Path.Combine(folder.FullName, file.Name));
            }
        }

        await TestDatabase.RunnerFor(_api.Database.DataSource, folder.FullName).RunAsync(CancellationToken.None);
        folder.Delete(recursive: true);
    }
}
