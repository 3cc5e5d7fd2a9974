namespace UsersApi.Caching.Diagnostics;

/// <summary>What the cache says in logs: events 1000 to 1099. Changes of state, never keys, bodies or users.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(1002, LogLevel.Warning,
        "Redis has been away, or late, for half a second ({Reason}). Requests bypass the cache until it answers in time.")]
    public static partial void RedisLeftAlone(ILogger logger, string reason);

    [LoggerMessage(1003, LogLevel.Information, "Redis answers in time again.")]
    public static partial void RedisInTime(ILogger logger);

    [LoggerMessage(1004, LogLevel.Information,
        "No Redis connection string: responses are cached in this process alone, up to {Bytes} bytes.")]
    public static partial void CachedInProcess(ILogger logger, long bytes);

    [LoggerMessage(1005, LogLevel.Warning,
        "An eviction did not reach Redis: it is tried again, and this node serves nothing it concerns until then.")]
    public static partial void EvictionFailed(ILogger logger);

    [LoggerMessage(1006, LogLevel.Information, "All evictions have reached Redis.")]
    public static partial void EvictionsCaughtUp(ILogger logger);

    [LoggerMessage(1007, LogLevel.Error,
        "The cache is off, because Redis lacks what it needs: {Reason}. It needs Redis 7, scripts, publishing and subscribing.")]
    public static partial void RedisLacks(ILogger logger, string reason);

    [LoggerMessage(1008, LogLevel.Information, "Redis has all that the cache needs: it is on.")]
    public static partial void RedisLacksNothing(ILogger logger);

    [LoggerMessage(1009, LogLevel.Warning, "Redis answers, but its messages do not arrive. The subscription is opened anew.")]
    public static partial void SubscriptionLost(ILogger logger);

    [LoggerMessage(1010, LogLevel.Debug, "The lease could not be given back ({Error}): the next write waits for its end.")]
    public static partial void LeaveFailed(ILogger logger, string error);

    [LoggerMessage(1011, LogLevel.Debug, "An entry could not be read ({Error}).")]
    public static partial void ReadFailed(ILogger logger, string error);

    [LoggerMessage(1012, LogLevel.Debug, "An entry could not be written ({Error}).")]
    public static partial void WriteFailed(ILogger logger, string error);

    [LoggerMessage(1013, LogLevel.Warning, "A response could not be renewed ({Error}).")]
    public static partial void RevalidationFailed(ILogger logger, string error);

    [LoggerMessage(1014, LogLevel.Warning, "An action failed, or did not come to run, and a stale response took its place.")]
    public static partial void StaleIfError(ILogger logger, Exception? error);

    [LoggerMessage(1015, LogLevel.Warning,
        "{Action} is not cached, because it reads what its key does not hold: {Read}. Bind it as an argument, name it in Vary, choose "
        + "an Audience, or, where it can't change the answer, name it in RedisCached:IgnoredReads.")]
    public static partial void UndeclaredRead(ILogger logger, string? action, string read);

    [LoggerMessage(1016, LogLevel.Warning,
        "RedisCached:KeySecret is not set: what {Action} stores for one user alone is found by this process alone. Set it, to the same "
        + "on all nodes.")]
    public static partial void NoKeySecret(ILogger logger, string? action);

    [LoggerMessage(1017, LogLevel.Information, "Hits of {Action} go through MVC: {Reason}.")]
    public static partial void NoEarlyHits(ILogger logger, string? action, string reason);

    [LoggerMessage(1018, LogLevel.Information,
        "A command did not get through, or not in time ({Reason}). What needed it bypassed the cache.")]
    public static partial void RedisLate(ILogger logger, string reason);

    [LoggerMessage(1019, LogLevel.Warning, "The host stopped before {Entries} responses were written.")]
    public static partial void DrainIncomplete(ILogger logger, int entries);

    [LoggerMessage(1020, LogLevel.Warning, "The cache of this node was switched {State}.")]
    public static partial void Switched(ILogger logger, string state);
}
