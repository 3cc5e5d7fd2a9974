using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using UsersApi.Data;

namespace UsersApi.Tests.Host;

/// <summary>A database of one test: a copy of a template that was migrated once.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly string Template = NewName("template");
    private readonly string _name;

    private TestDatabase(string name)
    {
        _name = name;
        ConnectionString = ConnectionStringOf(name);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    public static async Task CreateTemplateAsync()
    {
        await using var template = await CreateAsync(Template, "template0");
        await RunnerFor(template.DataSource).RunAsync(CancellationToken.None);
    }

    public static Task DropTemplateAsync() => AdministerAsync($"DROP DATABASE IF EXISTS {Template} WITH (FORCE)");

    public static Task<TestDatabase> CreateAsync() => CreateAsync(NewName("test"), Template);

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
        if (_name != Template)
        {
            await AdministerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        }
    }

    private static async Task<TestDatabase> CreateAsync(string name, string template)
    {
        await AdministerAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return new TestDatabase(name);
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
