namespace UsersApi.Hosting;

/// <summary>Sets up the web server and its console.</summary>
internal static class ServerBuilderExtensions
{
    /// <summary>Bytes of a request body unless an action says otherwise: one user is far smaller.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    public static WebApplicationBuilder AddServer(this WebApplicationBuilder builder, string[] args)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });

        // The format, readable lines or JSON, is the configuration's: Logging:Console:FormatterName.
        // A command's own output is on standard output, so its log goes to the other one.
        builder.Logging.ClearProviders().AddConsole(console =>
            console.LogToStandardErrorThreshold = CommandLine.HasCommand(args) ? LogLevel.Trace : LogLevel.None);
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }
}
