using Dapper;
using Microsoft.Extensions.Options;

namespace UsersApi.Data;

/// <summary>Evicts what is stored under these tags, on all nodes; false where that did not get through.</summary>
internal delegate Task<bool> EvictTags(IReadOnlyCollection<string> tags);

/// <summary>
/// Evicts what the outbox names: changes that were made elsewhere, and those of a node that died between its commit and its
/// eviction. Any number of nodes may do this at once: each row is taken by one of them, and stays until it is evicted.
/// </summary>
internal sealed class OutboxRelay(
    PostgresPrimary primary,
    [FromKeyedServices(PostgresServiceCollectionExtensions.Direct)] PostgresPrimary direct,
    EvictTags evict,
    IOptions<OutboxOptions> options,
    TimeProvider clock,
    ILogger<OutboxRelay> logger) : BackgroundService
{
    private readonly OutboxWakeUp _wakeUp = new(clock);
    private bool _isStuck;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Enabled)
        {
            var listener = new OutboxListener(direct, _wakeUp, clock);
            await Task.WhenAll(listener.ListenAsync(stoppingToken), RelayAsync(stoppingToken));
        }
    }

    private async Task RelayAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (!await TryRelayAllAsync(stoppingToken))
            {
                // A call would not make it work any sooner.
                await Task.Delay(options.Value.PollInterval, clock, stoppingToken);
            }
            else
            {
                await _wakeUp.SleepAsync(options.Value.PollInterval, stoppingToken);
            }
        }
    }

    private async Task<bool> TryRelayAllAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await RelayBatchAsync(stoppingToken))
            {
            }

            Report(null);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Report(error.Message);
            return false;
        }
    }

    /// <summary>Takes rows, evicts their tags, and only then commits: whatever fails in between leaves them there.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> RelayBatchAsync(CancellationToken stoppingToken)
    {
        // Not "those after the last id that was seen": ids become visible in another order than they were given out.
        // An array, so that the limit holds once, whatever the plan. To forget that rows were taken costs an eviction too
        // many, hence no wait for the disk. A node that freezes with rows in hand hides them from the others: Postgres takes them
        // from it after five seconds. Rows with a time belong to a node that evicts for itself, and takes them away: until then.
        var take = $"""
            SET LOCAL synchronous_commit = {primary.CommitThatMayBeLost};
            SET LOCAL idle_in_transaction_session_timeout = '5s';
            DELETE FROM outbox
            WHERE id = ANY(ARRAY(
                SELECT id FROM outbox WHERE due IS NULL OR due <= now() ORDER BY id LIMIT @BatchRows FOR UPDATE SKIP LOCKED))
            RETURNING tags;
            """;
        await using var connection = await primary.OpenConnectionAsync(stoppingToken);
        await using var transaction = await connection.BeginTransactionAsync(stoppingToken);
        var command = new CommandDefinition(take, new { options.Value.BatchRows }, transaction, cancellationToken: stoppingToken);
        var rows = (await connection.QueryAsync<string[]>(command)).AsList();
        if (rows.Count == 0)
        {
            return false;
        }

        if (!await evict(rows.SelectMany(tags => tags).ToHashSet(StringComparer.Ordinal)))
        {
            throw new TimeoutException("the evictions do not get through");
        }

        await transaction.CommitAsync(stoppingToken);
        return rows.Count == options.Value.BatchRows;
    }

    private void Report(string? trouble)
    {
        if (trouble is not null && !_isStuck)
        {
            Log.OutboxStuck(logger, trouble);
        }
        else if (trouble is null && _isStuck)
        {
            Log.OutboxFlows(logger);
        }

        _isStuck = trouble is not null;
    }
}
