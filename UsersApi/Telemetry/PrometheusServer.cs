using System.Net;
using OpenTelemetry.Metrics;

namespace UsersApi.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> on an address of its own, by default one that only this machine reaches: what the API serves to strangers has
/// no such path.
/// </summary>
internal sealed class PrometheusServer(Uri address, MeterProvider metrics, ILoggerFactory logs) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Services.AddSingleton(logs);
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, path: null, configureBranchedPipeline: null, optionsName: null);
        await _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel)
    {
        if (address.Host == "localhost")
        {
            kestrel.ListenLocalhost(address.Port);
        }
        else if (!IPAddress.TryParse(address.Host, out var ip))
        {
            throw new InvalidOperationException(
                $"OTEL_EXPORTER_PROMETHEUS_HOST is \"{address.Host}\": write an address of this machine, localhost, or * for all.");
        }
        else if (ip.Equals(IPAddress.IPv6Any))
        {
            kestrel.ListenAnyIP(address.Port);
        }
        else
        {
            kestrel.Listen(ip, address.Port);
        }
    }
}
