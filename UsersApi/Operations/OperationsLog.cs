using Microsoft.Extensions.Logging;

namespace UsersApi.Caching.Operations;

/// <summary>
/// What canary and warming say in logs: events 1100 to 1119. Never keys and targets, which hold what clients sent: a key by its hash, a
/// target by its place in the settings.
/// </summary>
internal static partial class OperationsLog
{
    [LoggerMessage(1100, LogLevel.Error,
        "The cache serves a response of {Action} that its action does not give any more, and no eviction explains it. Key: SHA-256 "
        + "{KeyHash}, stored at {StoredAt:O}.")]
    public static partial void Different(ILogger logger, string? action, string keyHash, DateTimeOffset storedAt);

    [LoggerMessage(1101, LogLevel.Debug, "The canary could not compare a response of {Action} ({Error}).")]
    public static partial void ComparisonFailed(ILogger logger, string? action, string error);

    [LoggerMessage(1110, LogLevel.Information,
        "The requests of the start are answered {Seconds:0.0} s after it: the responses of {Kept} of {Requests} are in the cache.")]
    public static partial void Warm(ILogger logger, double seconds, int kept, int requests);

    [LoggerMessage(1111, LogLevel.Warning,
        "RedisCached:Warm:Requests:{Index} is not in the cache: status {Status}, Cache-Status \"{CacheStatus}\". Without a Cache-Status, "
        + "no cached action answered it: look at its target, at Warm:Origin, and at whom the action lets in.")]
    public static partial void NotKept(ILogger logger, int index, int status, string cacheStatus);

    [LoggerMessage(1112, LogLevel.Warning, "RedisCached:Warm:Requests:{Index} failed.")]
    public static partial void WarmingFailed(ILogger logger, int index, Exception error);
}
