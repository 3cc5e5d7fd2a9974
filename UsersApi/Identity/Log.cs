namespace UsersApi.Identity;

/// <summary>What Identity says: events 4000 to 4099.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Error,
        "The issuer of tokens cannot be reached ({Reason}). Requests that need a token are answered 503 until it answers.")]
    public static partial void IssuerIsAway(ILogger logger, string reason);

    [LoggerMessage(4001, LogLevel.Information, "The issuer of tokens answers again.")]
    public static partial void IssuerIsBack(ILogger logger);

    [LoggerMessage(4002, LogLevel.Error,
        "The issuer of tokens cannot be reached ({Reason}). Tokens with a key that it has not told are answered 503 until it answers.")]
    public static partial void NewKeysAreMissing(ILogger logger, string reason);
}
