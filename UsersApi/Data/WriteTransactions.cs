using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Runs writes of requests as transactions of their own, marks their rows in the outbox, and keeps account of what is known of their
/// commits.
/// </summary>
public sealed class WriteTransactions(NpgsqlDataSource dataSource)
{
    /// <summary>Runs one transaction. Explicit even for one statement: else an error of the statement and one of its commit look alike.</summary>
    /// <param name="write">Learns how far the transaction came.</param>
    /// <param name="work">The statements. Where they return null, nothing is committed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T?> RunAsync<T>(RequestWrite write, Func<NpgsqlConnection, Task<T?>> work, CancellationToken cancellationToken)
        where T : class
    {
        write.Begin();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Local to the transaction: a connection pool between here and Postgres gives the session to others afterwards.
        const string SetMark = "SELECT set_config('outbox.writer', @Mark, true)";
        await connection.ExecuteAsync(new CommandDefinition(SetMark, new { write.Mark }, transaction, cancellationToken: cancellationToken));
        var result = await work(connection);
        if (result is not null)
        {
            write.SendCommit();
            await transaction.CommitAsync(cancellationToken);
            write.Commit();
        }

        return result;
    }
}
