using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>What a server is to the others that the connection string names.</summary>
internal enum PostgresRole
{
    /// <summary>It did not answer when it was last asked.</summary>
    Unreachable,

    Primary,

    /// <summary>A replica of the primary, on its timeline.</summary>
    Replica,

    /// <summary>It belongs to another history than the primary: a former primary, its replica, or another system altogether.</summary>
    Outdated,
}

/// <summary>What a server said of itself.</summary>
/// <param name="System">The same for a primary and all its replicas.</param>
/// <param name="StartedAt">When it started: tells whether two names lead to one server.</param>
/// <param name="IsReplica">Whether it replays another server's log.</param>
/// <param name="Timeline">The history that it writes or receives.</param>
internal sealed record PostgresState(long System, DateTime StartedAt, bool IsReplica, int? Timeline);

/// <summary>One server of those that the connection string names.</summary>
/// <param name="name">As the connection string has it.</param>
/// <param name="source">For all that the application does.</param>
/// <param name="looks">For looking at it, which has to work while all connections of the other are taken.</param>
internal sealed class PostgresHost(string name, NpgsqlDataSource source, NpgsqlDataSource looks) : IDisposable
{
    private const string Look = """
        SELECT system_identifier AS "System", pg_postmaster_start_time() AS "StartedAt", pg_is_in_recovery() AS "IsReplica",
            CASE WHEN pg_is_in_recovery()
                THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
                    (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
                ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END AS "Timeline"
        FROM pg_control_system()
        """;

    private readonly Lock _lock = new();
    private CancellationTokenSource _gone = new();

    public string Name => name;

    public NpgsqlDataSource Source => source;

    /// <summary>Null where it did not answer when it was last asked.</summary>
    public PostgresState? State { get; private set; }

    public PostgresRole Role { get; set; }

    /// <summary>Whether reads may be tried here. One that fails, or waits in vain, takes this away until the next look.</summary>
    public bool ServesReads { get; set; }

    /// <summary>How far it had replayed when a read last asked: where that is not enough, it has to be asked again first.</summary>
    public WalPosition Replayed { get; set; }

    /// <summary>Ends what is under way here, once the server does not answer any more.</summary>
    public CancellationToken Gone
    {
        get
        {
            lock (_lock)
                return _gone.Token;
        }
    }

    public async Task LookAsync(TimeSpan limit, TimeProvider clock)
    {
        try
        {
            // Without a token: a server that hangs does not hear of it, and the driver would wait for that too.
            State = await AskAsync().WaitAsync(limit, clock);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            State = null;
            LeaveReads();
        }
    }

    public void Dispose()
    {
        _gone.Dispose();
        looks.Dispose();
        source.Dispose();
    }

    private async Task<PostgresState> AskAsync()
    {
        await using var connection = await looks.OpenConnectionAsync();
        return await connection.QuerySingleAsync<PostgresState>(Look);
    }

    private void LeaveReads()
    {
        CancellationTokenSource gone;
        lock (_lock)
            (gone, _gone) = (_gone, new CancellationTokenSource());

        gone.Cancel();
        gone.Dispose();
    }
}
