using System.Globalization;
using Dapper;
using Npgsql;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>A Postgres of one test's own with a replica that follows it, to be broken and failed over.</summary>
internal sealed class ReplicatedPostgres : IDisposable
{
    private ReplicatedPostgres()
    {
    }

    public PostgresOfTheRun Primary { get; } = new();

    public PostgresOfTheRun Replica { get; } = new();

    /// <summary>Names both, the primary first.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1:{Primary.Port},127.0.0.1:{Replica.Port};Username=postgres;Database=postgres;Maximum Pool Size=20");

    public static async Task<ReplicatedPostgres> StartAsync()
    {
        var servers = new ReplicatedPostgres();
        try
        {
            await servers.StartServersAsync();
            return servers;
        }
        catch
        {
            servers.Dispose();
            throw;
        }
    }

    /// <summary>Another replica of a primary.</summary>
    public static async Task<PostgresOfTheRun> StartReplicaAsync(PostgresOfTheRun primary)
    {
        var replica = new PostgresOfTheRun();
        try
        {
            await replica.CopyAsync(primary);
            await replica.StartAsync();
            await replica.AnswersAsync();
            return replica;
        }
        catch
        {
            replica.Dispose();
            throw;
        }
    }

    /// <summary>An application that knows both, with tables of its own making.</summary>
    public Task<UsersApiHost> StartApiAsync(bool readsReplicas = true, params (string Key, string Value)[] settings) =>
        UsersApiHost.StartBehindAsync(
            _ => ConnectionString,
            TimeProvider.System,
            [("Postgres:ReadReplicas", readsReplicas ? "true" : "false"), ("Postgres:MigrateOnStart", "true"), .. settings]);

    /// <summary>Lets the replica receive what the primary writes, and show nothing of it.</summary>
    public Task PauseReplayAsync() => ExecuteAsync(Replica, "SELECT pg_wal_replay_pause()");

    public Task ResumeReplayAsync() => ExecuteAsync(Replica, "SELECT pg_wal_replay_resume()");

    /// <summary>Returns when all replicas have replayed all that there is.</summary>
    public Task CaughtUpAsync() => Eventually.HoldsAsync(
        () => ScalarAsync<bool>(
            Primary,
            """
            SELECT pg_current_wal_insert_lsn() = pg_current_wal_flush_lsn() AND bool_and(replay_lsn = pg_current_wal_flush_lsn())
            FROM pg_stat_replication
            """),
        "the replica has caught up");

    /// <summary>Lets the replica receive nothing any more.</summary>
    public async Task CutOffAsync(int replicasLeft = 0)
    {
        await ExecuteAsync(Replica, "ALTER SYSTEM SET primary_conninfo = ''");
        await ExecuteAsync(Replica, "SELECT pg_reload_conf()");
        await Eventually.HoldsAsync(
            async () => await ScalarAsync<long>(Primary, "SELECT count(*) FROM pg_stat_replication") == replicasLeft, "the replica is cut off");
    }

    /// <summary>Makes the replica a primary, and returns when it takes writes.</summary>
    public Task PromoteAsync() => ExecuteAsync(Replica, "SELECT pg_promote(true, 60)");

    /// <summary>How many sessions of the application have last read users there.</summary>
    public static Task<long> SessionsThatReadAsync(PostgresOfTheRun server) => ScalarAsync<long>(
        server, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'UsersApi' AND query ~ 'SELECT id.*FROM users'");

    public static async Task<T?> ScalarAsync<T>(PostgresOfTheRun server, string sql)
    {
        await using var connection = new NpgsqlConnection(PostgresOfTheRun.ConnectionStringAt(server.Port) + ";Pooling=false");
        await connection.OpenAsync();
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    public static Task ExecuteAsync(PostgresOfTheRun server, string sql) => ScalarAsync<object>(server, sql);

    public void Dispose()
    {
        Replica.Dispose();
        Primary.Dispose();
    }

    private async Task StartServersAsync()
    {
        await Primary.CreateAsync();
        await Primary.StartAsync();
        await Primary.AnswersAsync();
        await Replica.CopyAsync(Primary);
        await Replica.StartAsync();
        await Replica.AnswersAsync();
    }
}
