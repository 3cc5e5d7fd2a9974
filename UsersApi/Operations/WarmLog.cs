using Microsoft.Extensions.Logging;

namespace UsersApi.Caching.Operations;

/// <summary>What warming says in logs. Requests are named by their place in the settings, since a target may hold personal data.</summary>
internal static partial class WarmLog
{
    [LoggerMessage(1110, LogLevel.Information, "The requests of the start are answered, {Kept} of {Requests} from the cache or into it, {Seconds:0.0} s after the start.")]
    public static partial void Warm(ILogger logger, int kept, int requests, double seconds);

    [LoggerMessage(1111, LogLevel.Warning,
        "RedisCached:Warm:Requests:{Index} is not in the cache: status {Status}, Cache-Status \"{CacheStatus}\". Without a Cache-Status, "
        + "no cached action answered it: look at its target, at Warm:Origin, and at whom the action lets in.")]
    public static partial void NotKept(ILogger logger, int index, int status, string cacheStatus);

    [LoggerMessage(1112, LogLevel.Warning, "RedisCached:Warm:Requests:{Index} failed.")]
    public static partial void Failed(ILogger logger, int index, Exception error);
}
