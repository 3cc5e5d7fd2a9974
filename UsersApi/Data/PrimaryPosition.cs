using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Asks the primary how far it has written, once for all who want to know it at the same time: whoever comes while a question is under
/// way shares the next one, since what was written before they came may not be in the answer to this one.
/// </summary>
internal sealed class PrimaryPosition(PostgresPrimary primary, PostgresHosts hosts)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<WalPosition>? _next;
    private bool _isAsking;

    /// <returns>A position that includes every commit that was acknowledged before this call.</returns>
    /// <exception cref="NpgsqlException">The primary cannot be asked, or is not the primary any more.</exception>
    public Task<WalPosition> AskAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<WalPosition> mine;
        var isFirst = false;
        lock (_lock)
        {
            mine = _next ??= new TaskCompletionSource<WalPosition>(TaskCreationOptions.RunContinuationsAsynchronously);
            (isFirst, _isAsking) = (!_isAsking, true);
        }

        if (isFirst)
            _ = AskAllAsync();

        return mine.Task.WaitAsync(cancellationToken);
    }

    private async Task AskAllAsync()
    {
        while (Take() is { } waiting)
        {
            try
            {
                waiting.SetResult(await AskOnceAsync());
            }
            catch (Exception error)
            {
                waiting.SetException(error);
            }
        }
    }

    // From here on nobody joins these: the question is about to be sent.
    private TaskCompletionSource<WalPosition>? Take()
    {
        lock (_lock)
        {
            var waiting = _next;
            (_next, _isAsking) = (null, waiting is not null);
            return waiting;
        }
    }

    private async Task<WalPosition> AskOnceAsync()
    {
        await using var connection = await primary.OpenConnectionAsync(CancellationToken.None);
        var position = await AskAsync(connection, WalPosition.OfPrimary);
        if (position.MayFollowHeader)
            position = await AskAsync(connection, WalPosition.OfPrimaryBeforeHeader);

        hosts.Note(position.Timeline);
        return hosts.IsOutdated(position.Timeline)
            ? throw new NoPrimaryException("The host that was the primary has been replaced.")
            : position;
    }

    private static async Task<WalPosition> AskAsync(NpgsqlConnection connection, string sql)
    {
        var (file, lsn) = await connection.QuerySingleAsync<(string, long)>(sql);
        return WalPosition.In(file, lsn);
    }
}
