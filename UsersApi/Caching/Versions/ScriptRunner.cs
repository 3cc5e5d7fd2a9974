using StackExchange.Redis;

namespace UsersApi.Caching.Versions;

/// <summary>
/// Runs scripts on the master, and knows how Redis fares: since when it fails, whether it is left alone, and what it lacks. The
/// renewals of <see cref="LeaseKeeper"/> go on in any state, and find out when it is over: no request is made to wait for that.
/// </summary>
internal sealed class ScriptRunner(
    RedisConnection connection, IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<ScriptRunner> logger)
{
    // So long nothing may come in time, before requests stop asking.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private long? _failingSince;
    private bool _isLeftAlone;
    private string? _missingRequirement;

    /// <summary>
    /// How late a reply may come that is no sign of trouble. Longer than a lookup waits: a process that is busy compiling itself finds the
    /// reply late, and Redis is not to blame.
    /// </summary>
    public TimeSpan LongestReply { get; } =
        options.Value.VersionsTimeout > LeaseTerms.RenewalInterval ? options.Value.VersionsTimeout : LeaseTerms.RenewalInterval;

    /// <summary>
    /// The right or the version that Redis lacks, in its own words; null where it lacks none. The cache is off until it has it.
    /// </summary>
    public string? MissingRequirement => Volatile.Read(ref _missingRequirement);

    /// <summary>Whether Redis has missed its deadlines for so long that no request asks it.</summary>
    public bool IsLeftAlone => Volatile.Read(ref _isLeftAlone);

    /// <summary>How long ago the present outage began; null where the last command went through in time.</summary>
    public TimeSpan? OutageAge
    {
        get
        {
            lock (_gate)
                return _failingSince is { } since ? time.GetElapsedTime(since) : null;
        }
    }

    /// <exception cref="RedisException">It did not go through, or may not have.</exception>
    public async Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        var began = time.GetTimestamp();
        try
        {
            var database = await connection.DatabaseAsync();
            var result = await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster);
            if (time.GetElapsedTime(began) <= LongestReply)
                NoteSuccess();

            return result;
        }
        catch (Exception error)
        {
            NoteFailure(error);
            throw;
        }
    }

    /// <summary>A command failed, or got no reply in time.</summary>
    public void NoteFailure(Exception error)
    {
        lock (_gate)
        {
            if (_failingSince is null)
                CacheLog.RedisLate(logger, $"{error.GetType().Name}: {error.Message}");

            _failingSince ??= time.GetTimestamp();
            if (!_isLeftAlone && time.GetElapsedTime(_failingSince.Value) >= Patience)
            {
                _isLeftAlone = true;
                CacheLog.RedisLeftAlone(logger, $"{error.GetType().Name}: {error.Message}");
            }
        }

        if (error is RedisServerException { Message: var reason } && IsMissingRequirement(reason)
            && Interlocked.Exchange(ref _missingRequirement, reason) is null)
        {
            CacheLog.RedisLacks(logger, reason);
        }
    }

    /// <summary>Everything that the cache needs went through.</summary>
    public void NoteRequirementsMet()
    {
        if (Interlocked.Exchange(ref _missingRequirement, null) is not null)
            CacheLog.RedisLacksNothing(logger);
    }

    private void NoteSuccess()
    {
        lock (_gate)
        {
            _failingSince = null;
            if (_isLeftAlone)
                CacheLog.RedisInTime(logger);

            _isLeftAlone = false;
        }
    }

    // An older Redis does not compile the first line; a right is refused by its name. All else passes, as LOADING, READONLY and OOM do.
    private static bool IsMissingRequirement(string message) =>
        message.StartsWith("NOPERM", StringComparison.Ordinal) || message.StartsWith("ERR", StringComparison.Ordinal);
}
