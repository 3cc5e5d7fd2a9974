namespace UsersApi.Data;

/// <summary>What Data says: events 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Migration {Migration} was applied in {Milliseconds} ms.")]
    public static partial void MigrationApplied(ILogger logger, string migration, long milliseconds);

    [LoggerMessage(2001, LogLevel.Information, "Migrations are up to date. Applied now: {Applied} of {Total}.")]
    public static partial void MigrationsDone(ILogger logger, int applied, int total);

    [LoggerMessage(2002, LogLevel.Warning,
        "The database has migration {Version}, which this build does not know: a newer build has migrated it.")]
    public static partial void MigrationFromTheFuture(ILogger logger, string version);

    [LoggerMessage(2003, LogLevel.Information, "Migration {Migration} had been applied by another tool. Its checksum is recorded now.")]
    public static partial void MigrationAdopted(ILogger logger, string migration);

    [LoggerMessage(2010, LogLevel.Error,
        "Postgres is not available ({SqlState}: {Reason}). Requests that need it are answered 503. Later ones log no reason.")]
    public static partial void PostgresUnavailable(ILogger logger, string sqlState, string reason);

    [LoggerMessage(2011, LogLevel.Information, "A request was answered 503, since Postgres is not available ({SqlState}).")]
    public static partial void PostgresStillUnavailable(ILogger logger, string sqlState);

    [LoggerMessage(2012, LogLevel.Information, "Postgres answers again.")]
    public static partial void PostgresAnswersAgain(ILogger logger);

    [LoggerMessage(2020, LogLevel.Warning, "The outbox relay fails ({Reason}). Its rows are kept, and it tries again.")]
    public static partial void OutboxStuck(ILogger logger, string reason);

    [LoggerMessage(2021, LogLevel.Information, "The outbox relay works again.")]
    public static partial void OutboxFlows(ILogger logger);

    [LoggerMessage(2022, LogLevel.Debug,
        "{Count} rows of the outbox could not be settled by their own request ({Reason}). The relay takes them.")]
    public static partial void NotSettled(ILogger logger, int count, string reason);

    [LoggerMessage(2030, LogLevel.Information, "Postgres host {Host} is now seen as {Role}.")]
    public static partial void HostChanged(ILogger logger, string host, PostgresRole role);

    [LoggerMessage(2031, LogLevel.Warning, "Postgres has failed over to timeline {Timeline}. Everything that is cached is evicted.")]
    public static partial void FailedOver(ILogger logger, int timeline);
}
