using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Runs writes of requests as transactions of their own, marks their rows in the outbox, and keeps account of what is known of their
/// commits.
/// </summary>
public sealed class WriteTransactions(PostgresPrimary primary, IdempotentAnswers answers, PostgresTrouble trouble)
{
    /// <summary>
    /// Runs one transaction. It is explicit even for one statement, whose own error and that of its commit would look alike otherwise.
    /// </summary>
    /// <param name="write">Learns how far the transaction came.</param>
    /// <param name="work">The statements. Where they return null, nothing is committed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the work returned, or had returned when the same request came first.</returns>
    /// <exception cref="RepeatedRequestException">The write's idempotency key is in use.</exception>
    public async Task<T?> RunAsync<T>(RequestWrite write, Func<NpgsqlConnection, Task<T?>> work, CancellationToken cancellationToken)
        where T : class
    {
        write.Begin();
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Local to the transaction: a connection pool between here and Postgres gives the session to others afterwards.
        const string SetMark = "SELECT set_config('outbox.writer', @Mark, true)";
        var mark = new CommandDefinition(SetMark, new { write.Mark }, transaction, cancellationToken: cancellationToken);
        await connection.ExecuteAsync(mark);
        if (write.Once is not null && await IdempotentAnswers.FindAsync<T>(connection, write.Once, cancellationToken) is { } first)
        {
            return first;
        }

        var result = await work(connection);
        if (result is not null)
        {
            await (write.Once is null ? Task.CompletedTask : answers.KeepAsync(connection, write.Once, result, cancellationToken));
            write.SendCommit();
            await transaction.CommitAsync(cancellationToken);
            write.Commit();
            trouble.Answered();
        }

        return result;
    }
}
