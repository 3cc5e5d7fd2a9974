using System.Threading.Channels;
using Dapper;

namespace UsersApi.Data;

/// <summary>
/// Takes the rows of this node's own writes out of the outbox once their tags are evicted, so that no relay evicts them again. What it
/// does not get to, or fails at, is relayed when it is due.
/// </summary>
internal sealed class OutboxSettler(PostgresPrimary primary, ILogger<OutboxSettler> logger) : BackgroundService
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
        var delete = $"""
            SET LOCAL synchronous_commit = {primary.CommitThatMayBeLost};
            DELETE FROM outbox WHERE writer = ANY(@Marks);
            """;
        try
        {
            await using var connection = await primary.OpenConnectionAsync(stoppingToken);
            await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
            var parameters = new { Marks = marks.ToArray() };
            await connection.ExecuteAsync(new CommandDefinition(delete, parameters, transaction, cancellationToken: stoppingToken));
            await transaction.CommitAsync(stoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Log.NotSettled(logger, marks.Count, error.Message);
        }
    }
}
