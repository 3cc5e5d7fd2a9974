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

    private Outage? _outage;
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
    public bool IsLeftAlone => Volatile.Read(ref _outage) is { IsLeftAlone: true };

    /// <summary>How long ago the present outage began; null where the last command went through in time.</summary>
    public TimeSpan? OutageAge => Volatile.Read(ref _outage) is { } outage ? time.GetElapsedTime(outage.Since) : null;

    /// <exception cref="RedisException">It did not go through, or may not have.</exception>
    public async Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] arguments)
    {
        var began = time.GetTimestamp();
        var database = await connection.DatabaseAsync();
        var result = await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.DemandMaster);
        if (time.GetElapsedTime(began) <= LongestReply && Interlocked.Exchange(ref _outage, null) is { IsLeftAlone: true })
            CacheLog.RedisInTime(logger);

        return result;
    }

    /// <summary>A command failed, or got no reply in time.</summary>
    public void NoteFailure(Exception error)
    {
        if (Interlocked.CompareExchange(ref _outage, new Outage(time.GetTimestamp()), null) is not { } outage)
            CacheLog.RedisLate(logger, $"{error.GetType().Name}: {error.Message}");
        else if (time.GetElapsedTime(outage.Since) >= Patience && outage.LeaveAlone())
            CacheLog.RedisLeftAlone(logger, $"{error.GetType().Name}: {error.Message}");

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

    // An older Redis does not compile the first line; a right is refused by its name. All else passes, as LOADING, READONLY and OOM do.
    private static bool IsMissingRequirement(string message) =>
        message.StartsWith("NOPERM", StringComparison.Ordinal) || message.StartsWith("ERR", StringComparison.Ordinal);

    /// <summary>Each is an object of its own: a failure of an outage that is over changes nothing in the next one.</summary>
    private sealed class Outage(long since)
    {
        private bool _isLeftAlone;

        public long Since => since;

        public bool IsLeftAlone => Volatile.Read(ref _isLeftAlone);

        /// <returns>Whether it was not left alone before.</returns>
        public bool LeaveAlone() => !Interlocked.Exchange(ref _isLeftAlone, true);
    }
}
