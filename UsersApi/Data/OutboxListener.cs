using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Wakes the relay when a transaction with rows for the outbox commits: <c>LISTEN</c>, on a connection of its own.</summary>
internal sealed class OutboxListener(PostgresPrimary primary, OutboxWakeUp relay, TimeProvider clock)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromSeconds(1);

    /// <summary>Listens until it is cancelled. Without a connection the relay still looks by itself, and tells what is wrong.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ListenOnceAsync(cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(BeforeRetry, clock, cancellationToken);
            }
        }
    }

    private async Task ListenOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, "LISTEN outbox", cancellationToken);

        // What was committed before this connection listened has called nobody.
        relay.Wake();
        while (true)
        {
            if (await connection.WaitAsync(Silence, cancellationToken))
            {
                relay.Wake();
            }
            else
            {
                // A connection that died without a word would stay silent for ever.
                await ExecuteAsync(connection, "SELECT 1", cancellationToken);
            }
        }
    }

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
}
