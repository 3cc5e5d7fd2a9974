using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Applies pending migrations, each in a transaction of its own, and records them in <c>schema_migrations</c>.
/// One advisory lock covers the run, so that nodes may start together: one migrates, the others wait and find nothing to do.
/// </summary>
/// <remarks>
/// Two libraries were tried on Postgres in its place. Evolve 3.2.0 leaves a row behind for a migration that failed, migrates on when
/// the file of an applied one is missing, and lets waiting nodes sleep for three seconds at a time. DbUp (dbup-postgresql 7.0.1) has
/// neither lock nor checksums: of five nodes that start at once some fail, and it migrates on past a changed or a missing file.
/// Neither goes on from today's table nor takes a cancellation token, and the adapter is longer than the loop that it would save.
/// </remarks>
internal sealed class MigrationRunner(
    [FromKeyedServices(PostgresServiceCollectionExtensions.Direct)] PostgresPrimary primary,
    MigrationFolder folder,
    TimeProvider clock,
    ILogger<MigrationRunner> logger)
{
    // Any number will do that no other user of the database locks: these are the bytes of "usersapi".
    private const long LockKey = 0x7573657273617069;

    /// <returns>How many migrations this call applied.</returns>
    /// <exception cref="MigrationException">The files do not fit what ran before, or do not apply.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var onDisk = await folder.ReadAsync(cancellationToken);
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);

        // Held by the session: it outlives the transactions, and Postgres frees it when this process dies.
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken);
        try
        {
            return await ApplyPendingAsync(connection, onDisk, cancellationToken);
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(@LockKey)", new { LockKey }, CancellationToken.None);
        }
    }

    private async Task<int> ApplyPendingAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> onDisk, CancellationToken cancellationToken)
    {
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        MigrationHistory.Check(onDisk, applied);
        foreach (var row in applied.Where(row => MigrationHistory.IsFromTheFuture(onDisk, row)))
        {
            Log.MigrationFromTheFuture(logger, row.Version);
        }

        var withoutChecksum = applied.Where(row => row.Checksum is null).Select(row => row.Version);
        foreach (var migration in onDisk.IntersectBy(withoutChecksum, migration => migration.Version))
        {
            const string Adopt = "UPDATE schema_migrations SET checksum = @Checksum WHERE version = @Version";
            await ExecuteAsync(connection, Adopt, migration, cancellationToken);
            Log.MigrationAdopted(logger, migration.FileName);
        }

        // For the sake of merged branches, a late migration with an early number still runs.
        var pending = onDisk.ExceptBy(applied.Select(row => row.Version), migration => migration.Version).ToList();
        foreach (var migration in pending)
        {
            await ApplyAsync(connection, migration, cancellationToken);
        }

        Log.MigrationsDone(logger, pending.Count, onDisk.Count);
        return pending.Count;
    }

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A table that dbmate made has the first column only.
        const string Sql = """
            CREATE TABLE IF NOT EXISTS schema_migrations (version varchar(128) PRIMARY KEY);
            ALTER TABLE schema_migrations
                ADD COLUMN IF NOT EXISTS checksum text,
                ADD COLUMN IF NOT EXISTS applied_at timestamptz;
            SELECT version AS "Version", checksum AS "Checksum", applied_at AS "AppliedAt" FROM schema_migrations ORDER BY version;
            """;
        var rows = await connection.QueryAsync<AppliedMigration>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
        return rows.AsList();
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        const string Record = "INSERT INTO schema_migrations (version, checksum, applied_at) VALUES (@Version, @Checksum, now())";
        var started = clock.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, migration.Sql, null, cancellationToken);
            await ExecuteAsync(connection, Record, migration, cancellationToken);
        }
        catch (PostgresException error)
        {
            throw new MigrationException(
                $"Migration {migration.FileName} does not apply, and left no trace: {error.MessageText} ({error.SqlState}).");
        }

        await transaction.CommitAsync(cancellationToken);
        Log.MigrationApplied(logger, migration.FileName, (long)clock.GetElapsedTime(started).TotalMilliseconds);
    }

    // No time limit: building an index over a large table, or waiting for the node that does, takes what it takes.
    private static Task<int> ExecuteAsync(
        NpgsqlConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, commandTimeout: 0, cancellationToken: cancellationToken));
}
