using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Runs the queries of reads, on a replica where one may and can: every answer has all that was committed before the read began. A replica
/// proves it by having replayed what the primary had written after the read began; else the primary answers.
/// </summary>
public sealed class ReadRouter
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(16);

    private readonly PostgresHosts _hosts;
    private readonly PostgresPrimary _primary;
    private readonly PrimaryPosition _position;
    private readonly PostgresOptions _options;
    private readonly ReadMetrics _metrics;
    private readonly PostgresTrouble _trouble;
    private readonly TimeProvider _clock;

    internal ReadRouter(
        PostgresHosts hosts, PostgresPrimary primary, PrimaryPosition position, IOptions<PostgresOptions> options, ReadMetrics metrics,
        PostgresTrouble trouble, TimeProvider clock)
    {
        (_hosts, _primary, _position, _options) = (hosts, primary, position, options.Value);
        (_metrics, _trouble, _clock) = (metrics, trouble, clock);
    }

    /// <summary>Runs one read.</summary>
    /// <param name="sql">One or more statements with parameters by name; they are sent together.</param>
    /// <param name="parameters">An object with a property for each parameter.</param>
    /// <param name="read">Makes the result. It may be called again, with another reader, where it did not end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The primary does not answer: without it, no replica can prove that it is current.</exception>
    public async Task<T> RunAsync<T>(
        string sql, object parameters, Func<DbDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        if (_options.ReadReplicas)
        {
            var reason = "none";
            if (_hosts.NextReplica() is { } replica)
            {
                var needed = await _position.AskAsync(cancellationToken);
                try
                {
                    using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, replica.Gone);
                    var (isCurrent, result) = await TryAsync(replica, needed, sql, parameters, read, cancellationToken)
                        .WaitAsync(leave.Token);
                    if (isCurrent)
                    {
                        _metrics.ByReplica();
                        _trouble.Answered();
                        return result!;
                    }

                    reason = "behind";
                    replica.ServesReads = false;
                }
                catch (Exception error) when (IsOfReplica(error, cancellationToken))
                {
                    reason = "failed";
                    replica.ServesReads &= IsConflict(error);
                }
            }

            _metrics.ByPrimary(reason);
        }

        await using var connection = await _primary.OpenConnectionAsync(cancellationToken);
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        await using var reader = await connection.ExecuteReaderAsync(command);
        var answer = await read(reader, cancellationToken);
        _trouble.Answered();
        return answer;
    }

    private async Task<(bool IsCurrent, T? Result)> TryAsync<T>(
        PostgresHost replica,
        WalPosition needed,
        string sql,
        object parameters,
        Func<DbDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        await using var connection = await OpenCurrentInTimeAsync(replica, needed, cancellationToken);
        if (connection is null)
            return default;

        // A statement of its own, before the others: each takes its snapshot when it begins, and so after the proof. Beside them, because
        // the server may have crashed and gone back since it was asked, and because a pool may give each statement another session.
        var command = new CommandDefinition($"{WalPosition.OfReplica}; {sql}", parameters, cancellationToken: cancellationToken);
        await using var reader = await connection.ExecuteReaderAsync(command);
        await reader.ReadAsync(cancellationToken);
        if (!IsCurrent(replica, PositionIn(reader), needed))
            return default;

        await reader.NextResultAsync(cancellationToken);
        return (true, await read(reader, cancellationToken));
    }

    /// <returns>Null where the replica does not get there in time.</returns>
    private async Task<NpgsqlConnection?> OpenCurrentInTimeAsync(
        PostgresHost replica, WalPosition needed, CancellationToken cancellationToken)
    {
        var opening = OpenCurrentAsync(replica, needed, cancellationToken);
        try
        {
            return await opening.WaitAsync(_options.ReplicaWait, _clock, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // Left to itself, since a server that hangs does not hear that it is cancelled either.
            _ = ReleaseAsync(opening);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<NpgsqlConnection?> OpenCurrentAsync(PostgresHost replica, WalPosition needed, CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        var connection = await replica.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            // Looks from here, and not one statement that waits there: its snapshot could hold up the replay that it waits for.
            for (var pause = FirstPause; !replica.Replayed.Includes(needed); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var position = await AskAsync(connection, cancellationToken);
                if (IsCurrent(replica, position, needed))
                    break;

                if (position?.Timeline != needed.Timeline || _clock.GetElapsedTime(began) >= _options.ReplicaWait)
                {
                    await connection.DisposeAsync();
                    return null;
                }

                await Task.Delay(pause, _clock, cancellationToken);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<WalPosition?> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(WalPosition.OfReplica, cancellationToken: cancellationToken));
        await reader.ReadAsync(cancellationToken);
        return PositionIn(reader);
    }

    private static async Task ReleaseAsync(Task<NpgsqlConnection?> opening)
    {
        try
        {
            await (await opening is { } connection ? connection.DisposeAsync() : ValueTask.CompletedTask);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            // It came to nothing.
        }
    }

    private bool IsCurrent(PostgresHost replica, WalPosition? position, WalPosition needed)
    {
        _hosts.Note(position?.Timeline);
        replica.Replayed = position ?? default;
        return position?.Includes(needed) == true;
    }

    private static WalPosition? PositionIn(DbDataReader row) => row.IsDBNull(0) ? null : new WalPosition(row.GetInt32(0), row.GetInt64(1));

    // Whatever is wrong with the replica, the primary may do better. What the caller ended stays ended.
    private static bool IsOfReplica(Exception error, CancellationToken cancellationToken) =>
        error is NpgsqlException or OperationCanceledException && !cancellationToken.IsCancellationRequested;

    // The query stood in the way of what the primary had cleared away: the replica is as good as before.
    private static bool IsConflict(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure };
}
