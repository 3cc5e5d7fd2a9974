namespace UsersApi.Users;

/// <summary>What Users says: events 3000 to 3099. Counts and times only, never who.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "{Count} users were seeded, from number {First} on, in {Milliseconds} ms.")]
    public static partial void Seeded(ILogger logger, long count, long first, long milliseconds);

    [LoggerMessage(3001, LogLevel.Information, "Nothing was seeded, because there are users already.")]
    public static partial void NotSeeded(ILogger logger);

    [LoggerMessage(3010, LogLevel.Information, "{Count} users were created in bulk.")]
    public static partial void BulkCreated(ILogger logger, int count);
}
