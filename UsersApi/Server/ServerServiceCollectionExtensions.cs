using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace UsersApi.Server;

/// <summary>Registers what stands between a client and the application.</summary>
internal static class ServerServiceCollectionExtensions
{
    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);

    public static IServiceCollection AddServer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServerOptions>()
            .Bind(configuration.GetSection(ServerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ServerOptions>>((kestrel, server) =>
        {
            // Kestrel is made before options are validated, which will refuse to start: so far there is nobody to say it in one line.
            try
            {
                LimitKestrel(kestrel, server.Value);
            }
            catch (OptionsValidationException)
            {
            }
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerOptions>>(BelieveProxies);

        // AllowedHosts is left to our own check, whose answer is a problem; the framework's, before it, is HTML.
        services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["*"]);
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<ServerOptions>>(OtherOrigins.Allow);
        services.AddHsts(hsts => hsts.MaxAge = HstsAge);

        services.AddOptions<ApiOptions>().Bind(configuration.GetSection(ApiOptions.Section));
        services.AddRequestDecompression();
        services.AddRequestTimeouts();
        services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<ServerOptions>>((timeouts, server) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = server.Value.RequestTimeout });
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ServerOptions>>(WriteRates.Limit);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ShutdownDelay>();
        services.AddHostedService(provider => provider.GetRequiredService<ShutdownDelay>());
        services.AddHealthChecks()
            .AddCheck<ShutdownDelay>("serving", tags: ["ready"]).AddCheck<StartUp>("started", tags: ["startup"]);
        return services;
    }

    public static WebApplication UseUnknownParameters(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.RefuseUnknownParameters)
        {
            app.UseMiddleware<UnknownParameters>();
        }

        return app;
    }

    private static void LimitKestrel(KestrelServerOptions kestrel, ServerOptions server)
    {
        var rate = new MinDataRate(server.MinBytesPerSecond, server.RateGracePeriod);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = server.MaxBodyBytes;
        kestrel.Limits.MaxRequestLineSize = server.MaxRequestLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = server.MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = server.MaxHeaders;
        kestrel.Limits.MaxConcurrentConnections = server.MaxConnections;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = rate;
        kestrel.Limits.RequestHeadersTimeout = server.HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = server.KeepAliveTimeout;
    }

    private static void BelieveProxies(ForwardedHeadersOptions forwarded, IOptions<ServerOptions> options)
    {
        // By default the loopback interface is believed; and where nobody is, everybody is: then nothing may be read at all.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.Value.ProxyNetworks())
        {
            forwarded.KnownIPNetworks.Add(network);
        }

        forwarded.ForwardLimit = options.Value.ProxyHops;
        forwarded.ForwardedHeaders = forwarded.KnownIPNetworks.Count > 0
            ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix
            : ForwardedHeaders.None;
    }
}
