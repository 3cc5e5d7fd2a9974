using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Applies pending migrations, each in a transaction of its own, and records them in dbmate's table.
/// One advisory lock covers the run, so that nodes may start together: one migrates, the others wait and find nothing to do.
/// </summary>
internal sealed class MigrationRunner(
    NpgsqlDataSource dataSource,
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
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);

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

    private async Task<int> ApplyPendingAsync(NpgsqlConnection connection, IReadOnlyList<Migration> onDisk, CancellationToken cancellationToken)
    {
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        MigrationHistory.Check(onDisk, applied);
        foreach (var row in applied.Where(row => MigrationHistory.IsFromTheFuture(onDisk, row)))
        {
            Log.MigrationFromTheFuture(logger, row.Version);
        }

        // Like dbmate, and for the sake of merged branches: a late migration with an early number still runs.
        var count = 0;
        foreach (var migration in onDisk)
        {
            var row = applied.FirstOrDefault(candidate => candidate.Version == migration.Version);
            if (row is null)
            {
                await ApplyAsync(connection, migration, cancellationToken);
                count++;
            }
            else if (row.Checksum is null)
            {
                await AdoptAsync(connection, migration, cancellationToken);
            }
        }

        Log.MigrationsDone(logger, count, onDisk.Count);
        return count;
    }

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // dbmate's own table has the first column only.
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
        const string Record = """
            INSERT INTO schema_migrations (version, checksum, applied_at) VALUES (@Version, @Checksum, @AppliedAt)
            """;
        var started = clock.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, migration.Sql, null, cancellationToken);
        }
        catch (PostgresException error)
        {
            throw new MigrationException($"Migration {migration.FileName} does not apply, and left no trace: {error.MessageText} ({error.SqlState}).");
        }

        var row = new { migration.Version, migration.Checksum, AppliedAt = clock.GetUtcNow() };
        await ExecuteAsync(connection, Record, row, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.MigrationApplied(logger, migration.FileName, (long)clock.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task AdoptAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        const string Sql = """
            UPDATE schema_migrations SET checksum = @Checksum WHERE version = @Version
            """;
        await ExecuteAsync(connection, Sql, new { migration.Version, migration.Checksum }, cancellationToken);
        Log.MigrationAdopted(logger, migration.FileName);
    }

    // No time limit: building an index over a large table, or waiting for the node that does, takes what it takes.
    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, commandTimeout: 0, cancellationToken: cancellationToken));
}
