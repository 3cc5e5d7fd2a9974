using Dapper;
using Npgsql;
using UsersApi.Hosting;

namespace UsersApi.Users;

/// <summary>
/// Fills the table with invented users. A second run goes on after the highest number that is there, so that it never collides;
/// users that the API created are left alone.
/// </summary>
internal sealed class UserSeeder(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<UserSeeder> logger)
{
    private const int ReportEvery = 1000;

    // Two seeders at once would take the same numbers: these are the bytes of "userseed".
    private const long LockKey = 0x7573657273656564;

    /// <returns>How many users were written: all of them, or 0 where there are users and <paramref name="ifEmpty"/> is set.</returns>
    /// <exception cref="StartupException">There are not so many numbers left.</exception>
    public async Task<long> SeedAsync(long count, bool ifEmpty, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(@LockKey)", new { LockKey }, cancellationToken);
        if (ifEmpty && await connection.ExecuteScalarAsync<bool>(new CommandDefinition("SELECT EXISTS (SELECT FROM users)", cancellationToken: cancellationToken)))
        {
            Log.NotSeeded(logger);
            return 0;
        }

        var first = await FindFirstNumberAsync(connection, cancellationToken);
        if (first + count > SeedUsers.Numbers)
        {
            throw new StartupException($"{count} more users would pass number {SeedUsers.Numbers}, the last one: {SeedUsers.Numbers - first} are left.");
        }

        await CopyAsync(connection, first, count, progress, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        // Index-only scans and good plans from the first request on, not from the next autovacuum.
        await ExecuteAsync(connection, "VACUUM (ANALYZE) users", null, cancellationToken);
        Log.Seeded(logger, count, first, (long)clock.GetElapsedTime(started).TotalMilliseconds);
        return count;
    }

    private static async Task<long> FindFirstNumberAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT id FROM users WHERE id < @UpperBound ORDER BY id DESC LIMIT 1
            """;
        var last = await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(Sql, new { SeedUsers.UpperBound }, cancellationToken: cancellationToken));
        return last is null ? 0 : SeedUsers.ToNumber(last.Value) + 1;
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, long first, long count, IProgress<long> progress, CancellationToken cancellationToken)
    {
        await using var copy = await UserCopy.BeginAsync(connection, cancellationToken);
        for (var written = 0L; written < count; written++)
        {
            await copy.WriteAsync(SeedUsers.Create(first + written), cancellationToken);
            if (written % ReportEvery == 0)
            {
                progress.Report(written);
            }
        }

        await copy.CompleteAsync(cancellationToken);
        progress.Report(count);
    }

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, commandTimeout: 0, cancellationToken: cancellationToken));
}
