using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Hosting;

/// <summary>What Hosting says: events 5000 to 5099.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Warning, "The health check {Check} is {Status} now: {Reason}.")]
    public static partial void HealthIsWorse(ILogger logger, string check, HealthStatus status, string reason);

    [LoggerMessage(5001, LogLevel.Information, "The health check {Check} is Healthy again.")]
    public static partial void HealthIsBack(ILogger logger, string check);
}
