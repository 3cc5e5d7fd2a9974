using System.Threading.Channels;
using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Takes the rows of this node's own writes out of the outbox once their tags are evicted, so that no relay evicts them again. What it
/// does not get to, or fails at, is relayed when it is due.
/// </summary>
internal sealed class OutboxSettler(NpgsqlDataSource dataSource, ILogger<OutboxSettler> logger) : BackgroundService
{
    private const int MostWaiting = 10_000;

    private readonly Channel<string> _marks =
        Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Returns at once: no request waits for it.</summary>
    public void Settle(RequestWrite write) => _marks.Writer.TryWrite(write.Mark);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var marks = new List<string>();
        while (await _marks.Reader.WaitToReadAsync(stoppingToken))
        {
            // While one batch is under way, the next one gathers.
            marks.Clear();
            while (_marks.Reader.TryRead(out var mark))
            {
                marks.Add(mark);
            }

            await TryDeleteAsync(marks, stoppingToken);
        }
    }

    private async Task TryDeleteAsync(List<string> marks, CancellationToken stoppingToken)
    {
        // To forget a deletion costs an eviction too many, hence no wait for the disk.
        const string Delete = """
            SET LOCAL synchronous_commit = off;
            DELETE FROM outbox WHERE writer = ANY(@Marks);
            """;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
            await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
            var parameters = new { Marks = marks.ToArray() };
            await connection.ExecuteAsync(new CommandDefinition(Delete, parameters, transaction, cancellationToken: stoppingToken));
            await transaction.CommitAsync(stoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Log.NotSettled(logger, marks.Count, error.Message);
        }
    }
}
