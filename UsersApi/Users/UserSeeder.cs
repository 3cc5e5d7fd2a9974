using System.ComponentModel.DataAnnotations;
using Dapper;
using Npgsql;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>
/// Fills the table with invented users, all or none. A second run goes on after the highest number that is there, so that it
/// never collides; users that the API created are left alone. A run that at least doubles the table keeps others out of it.
/// </summary>
internal sealed class UserSeeder(PostgresPrimary primary, TimeProvider clock, ILogger<UserSeeder> logger)
{
    private const int ReportEvery = 1000;

    // Two seeders at once would take the same numbers: these are the bytes of "userseed".
    private const long LockKey = 0x7573657273656564;

    /// <returns>How many users were written: all of them, or 0 where there are users and <paramref name="ifEmpty"/> is set.</returns>
    /// <exception cref="ValidationException">There are not so many numbers left.</exception>
    public async Task<long> SeedAsync(long count, bool ifEmpty, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        var existing = await ScalarAsync<long>(connection, "SELECT count(*) FROM users", cancellationToken);
        if (ifEmpty && existing > 0)
        {
            Log.NotSeeded(logger);
            return 0;
        }

        var first = await FindFirstNumberAsync(connection, cancellationToken);
        if (first + count > SeedUsers.Numbers)
        {
            throw new ValidationException(
                $"{count} more users would pass number {SeedUsers.Numbers}, the last one: {SeedUsers.Numbers - first} are left.");
        }

        await (count >= existing
            ? LoadAsync(connection, first, count, progress, cancellationToken)
            : CopyAsync(await UserCopy.BeginAsync(connection, cancellationToken), first, count, progress, cancellationToken));
        await transaction.CommitAsync(cancellationToken);

        // Index-only scans and good plans from the first request on, not from the next autovacuum.
        await ExecuteAsync(connection, "VACUUM (ANALYZE) users", cancellationToken);
        Log.Seeded(logger, count, first, (long)clock.GetElapsedTime(started).TotalMilliseconds);
        return count;
    }

    private static async Task<long> FindFirstNumberAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = $"SELECT id FROM users WHERE id < '{SeedUsers.UpperBound}' ORDER BY id DESC LIMIT 1";
        var last = await ScalarAsync<Guid?>(connection, sql, cancellationToken);
        return last is null ? 0 : SeedUsers.ToNumber(last.Value) + 1;
    }

    private static async Task LoadAsync(
        NpgsqlConnection connection, long first, long count, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var indexes = await SecondaryIndexes.DropAsync(connection, "users", cancellationToken);

        // The table is locked now: if it is empty, it stays so, and rows of a new file need neither log nor vacuum.
        var empty = !await ScalarAsync<bool>(connection, "SELECT EXISTS (SELECT FROM users)", cancellationToken);
        if (empty)
        {
            await ExecuteAsync(connection, "TRUNCATE users", cancellationToken);
        }

        var copy = empty ? UserCopy.BeginFrozenAsync(connection, cancellationToken) : UserCopy.BeginAsync(connection, cancellationToken);
        await CopyAsync(await copy, first, count, progress, cancellationToken);
        await SecondaryIndexes.BuildAsync(connection, indexes, cancellationToken);
    }

    private static async Task CopyAsync(
        BinaryCopy copy, long first, long count, IProgress<double> progress, CancellationToken cancellationToken)
    {
        await using (copy)
        {
            for (var written = 0L; written < count; written++)
            {
                copy.Append(SeedUsers.Create(first + written));
                await copy.FlushIfFullAsync(cancellationToken);
                if (written % ReportEvery == 0)
                {
                    progress.Report(written);
                }
            }

            await copy.CompleteAsync(cancellationToken);
            progress.Report(count);
        }
    }

    private static Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancellationToken));

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancellationToken));
}
