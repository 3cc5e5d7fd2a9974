using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Tells in the log when Postgres stops answering, and when it answers again. A request that fails meanwhile gets one short line, by
/// which the <c>traceId</c> of its problem is found.
/// </summary>
public sealed class PostgresTrouble
{
    // What fails and succeeds by turns, as connections that died one by one, is one trouble: it is over after so long without a failure.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly ILogger<PostgresTrouble> _logger;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _states = [];
    private volatile bool _isThere;
    private long _lastAt;

    internal PostgresTrouble(TimeProvider clock, ILogger<PostgresTrouble> logger) => (_clock, _logger) = (clock, logger);

    /// <summary>To be called when a request fails because of it.</summary>
    internal void Failed(Exception error)
    {
        var state = (error as NpgsqlException)?.SqlState ?? "no answer";
        bool isNew;
        lock (_lock)
        {
            (isNew, _isThere, _lastAt) = (_states.Add(state), true, _clock.GetTimestamp());
        }

        if (isNew)
        {
            Log.PostgresUnavailable(_logger, state, error.Message);
        }
        else
        {
            Log.PostgresStillUnavailable(_logger, state);
        }
    }

    /// <summary>To be called when it has done what a request asked of it.</summary>
    internal void Answered()
    {
        if (!_isThere)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isThere || _clock.GetElapsedTime(_lastAt) < Calm)
            {
                return;
            }

            _states.Clear();
            _isThere = false;
        }

        Log.PostgresAnswersAgain(_logger);
    }
}
