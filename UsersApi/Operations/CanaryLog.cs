using Microsoft.Extensions.Logging;

namespace UsersApi.Caching.Operations;

/// <summary>What the canary says in logs: events 1100 to 1109. Never keys, which hold what clients sent, but their hashes.</summary>
internal static partial class CanaryLog
{
    [LoggerMessage(1100, LogLevel.Error,
        "The cache serves a response of {Action} that its action does not give any more, and no eviction explains it. Key: SHA-256 "
        + "{KeyHash}, stored at {StoredAt:O}.")]
    public static partial void Different(ILogger logger, string? action, string keyHash, DateTimeOffset storedAt);

    [LoggerMessage(1101, LogLevel.Debug, "The canary could not compare a response of {Action} ({Error}).")]
    public static partial void Failed(ILogger logger, string? action, string error);
}
