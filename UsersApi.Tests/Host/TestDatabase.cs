using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using UsersApi.Data;

namespace UsersApi.Tests.Host;

/// <summary>
/// A database of one test: a copy of a template that was migrated once, or what another test has left of one. Making and dropping a copy
/// took a third of a run's processor time; emptying one takes a tenth of that.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly string Template = NewName("template");
    private static readonly ConcurrentBag<string> Emptied = [];
    private static string _schema = "";

    private readonly string _name;
    private readonly bool _isCopy;

    private TestDatabase(string name, bool isCopy)
    {
        (_name, _isCopy) = (name, isCopy);
        ConnectionString = ConnectionStringOf(name);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public static async Task CreateTemplateAsync()
    {
        await using var template = await CreateAsync(Template, "template0");
        await RunnerFor(template.DataSource).RunAsync(CancellationToken.None);
        _schema = (await template.ScalarAsync<string>(DatabaseSchema.Sql))!;
    }

    public static async Task DropTemplateAsync()
    {
        foreach (var name in Emptied.Append(Template))
            await AdministerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    public static async Task<TestDatabase> CreateAsync() =>
        Emptied.TryTake(out var name) ? new TestDatabase(name, isCopy: true) : await CreateAsync(NewName("test"), Template);

    public static Task<TestDatabase> CreateEmptyAsync() => CreateAsync(NewName("empty"), "template0");

    /// <param name="dataSource">The database to migrate.</param>
    /// <param name="folder">Where the migrations are; those of the application if left out.</param>
    public static MigrationRunner RunnerFor(NpgsqlDataSource dataSource, string folder = "migrations") => new(
        PrimaryOf(dataSource),
        new MigrationFolder(Options.Create(new PostgresOptions { MigrationsFolder = folder })),
        TimeProvider.System,
        NullLogger<MigrationRunner>.Instance);

    /// <summary>Connections as the application opens them.</summary>
    public static PostgresPrimary PrimaryOf(NpgsqlDataSource dataSource) =>
        new(new PostgresHosts([new PostgresHost("", dataSource, dataSource)], TimeProvider.System));

    public async Task<T?> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>
    /// Waits until so many statements in this database wait for another's lock. Tests share the server, so that what waits anywhere
    /// on it, as in pg_locks, proves nothing.
    /// </summary>
    public Task LockWaitersAsync(int count, string who) => Eventually.HoldsAsync(
        async () => await ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == count,
        who);

    /// <summary>Keeps everybody from reading users until it is disposed of.</summary>
    public async Task<IAsyncDisposable> LockedUsersAsync()
    {
        var connection = await DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("BEGIN; LOCK TABLE users");
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (_isCopy && await TryEmptyAsync(endSessions: true))
            Emptied.Add(_name);
        else if (_name != Template)
            await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
    }

    /// <summary>Takes away what a test has written; false where it changed anything but rows, or left something behind that holds on.</summary>
    /// <param name="endSessions">Whether nobody uses it any more.</param>
    public async Task<bool> TryEmptyAsync(bool endSessions = false)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(ConnectionString + ";Pooling=false");
            await using var connection = await source.OpenConnectionAsync();
            return _schema == await connection.ExecuteScalarAsync<string>($$"""
                DO $$BEGIN
                    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE {{endSessions}} AND datname = current_database() AND pid <> pg_backend_pid();
                    PERFORM pg_stat_reset();
                END$$;
                SET lock_timeout = '2s';
                TRUNCATE users, idempotency_keys RESTART IDENTITY;
                TRUNCATE outbox RESTART IDENTITY;
                {{DatabaseSchema.Sql}}
                """);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<TestDatabase> CreateAsync(string name, string template)
    {
        // Copied file by file: as it is by default, block by block through the log, it costs the server twice as much.
        await AdministerAsync($"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy");
        return new TestDatabase(name, isCopy: template == Template);
    }

    private static string NewName(string kind) => $"usersapi_{kind}_{Guid.NewGuid():n}";

    // Unpooled: a template must have no connections when it is copied.
    private static string ConnectionStringOf(string name) =>
        new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = name, Pooling = name != Template, MaxPoolSize = 20 }.ConnectionString;

    private static async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(TestServers.Postgres);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
