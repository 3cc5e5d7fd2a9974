namespace UsersApi.Hosting;

/// <summary>Sets up the log.</summary>
internal static class ConsoleLogBuilderExtensions
{
    public static WebApplicationBuilder AddConsoleLog(this WebApplicationBuilder builder, string[] args)
    {
        // The format, readable lines or JSON, is the configuration's: Logging:Console:FormatterName.
        // A command's own output is on standard output, so its log goes to the other one.
        builder.Logging.ClearProviders().AddConsole(console =>
            console.LogToStandardErrorThreshold = CommandRunner.HasCommand(args) ? LogLevel.Trace : LogLevel.None);

        // The part of a problem's traceId that a client has; with the scopes of the console, each line of its request has it too.
        builder.Logging.Configure(log => log.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        return builder;
    }
}
