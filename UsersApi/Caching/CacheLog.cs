namespace UsersApi.Caching;

/// <summary>What the cache says in logs: changes of state, never keys, bodies or users.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(1, LogLevel.Information, "Redis connected.")]
    public static partial void RedisConnected(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Redis is not there ({Why}): requests are answered by their actions until it is back.")]
    public static partial void RedisLost(ILogger logger, string why);

    [LoggerMessage(3, LogLevel.Warning, "Redis does not answer in time and is left alone; it is probed until it does.")]
    public static partial void BreakerOpened(ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "Redis answers in time again.")]
    public static partial void BreakerClosed(ILogger logger);

    [LoggerMessage(5, LogLevel.Information, "No Redis connection string: responses are cached in this process alone, up to {Bytes} bytes.")]
    public static partial void CachedInProcess(ILogger logger, long bytes);

    [LoggerMessage(6, LogLevel.Warning, "An eviction did not reach Redis: it is tried again, and this node serves nothing it concerns until then.")]
    public static partial void EvictionFailed(ILogger logger);

    [LoggerMessage(10, LogLevel.Information, "All evictions have reached Redis.")]
    public static partial void EvictionsCaughtUp(ILogger logger);

    [LoggerMessage(7, LogLevel.Debug, "An entry could not be read ({Error}).")]
    public static partial void ReadFailed(ILogger logger, string error);

    [LoggerMessage(8, LogLevel.Debug, "An entry could not be written ({Error}).")]
    public static partial void WriteFailed(ILogger logger, string error);

    [LoggerMessage(11, LogLevel.Warning, "A response could not be renewed ({Error}).")]
    public static partial void RevalidationFailed(ILogger logger, string error);

    [LoggerMessage(12, LogLevel.Warning, "An action failed, and a stale response took its place.")]
    public static partial void StaleIfError(ILogger logger, Exception? error);

    [LoggerMessage(13, LogLevel.Information, "Hits of {Action} go the whole way through MVC, because {Reason}.")]
    public static partial void NoEarlyHits(ILogger logger, string? action, string reason);

    [LoggerMessage(9, LogLevel.Warning, "The host stopped before {Entries} responses were written.")]
    public static partial void DrainIncomplete(ILogger logger, int entries);
}
