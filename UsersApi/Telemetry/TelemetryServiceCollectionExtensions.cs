using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using UsersApi.Caching.Operations;
using UsersApi.Data;

namespace UsersApi.Telemetry;

/// <summary>Registers OpenTelemetry, where the configuration asks for it; see <see cref="TelemetryOptions"/>.</summary>
internal static class TelemetryServiceCollectionExtensions
{
    private const string ServiceName = "UsersApi";
    private const string CacheTelemetry = RedisCachedOperationsServiceCollectionExtensions.TelemetryName;

    // The convention's begin at 5 ms, where a hit takes a tenth of one.
    private static readonly double[] RequestSeconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var options = TelemetryOptions.From(configuration);
        if (options is { SendsTraces: false, SendsMetrics: false, Prometheus: null })
        {
            return services;
        }

        var telemetry = services.AddOpenTelemetry();
        if (configuration["OTEL_SERVICE_NAME"] is null or "")
        {
            telemetry.ConfigureResource(resource => resource.AddService(ServiceName));
        }

        if (options.SendsTraces)
        {
            telemetry.WithTracing(traces => AddTraces(traces, configuration));
        }

        if (options.SendsMetrics || options.Prometheus is not null)
        {
            telemetry.WithMetrics(metrics => AddMetrics(metrics, options, configuration));
        }

        if (options.Prometheus is { } address)
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PrometheusServer>(provider, address));
        }

        return services;
    }

    private static void AddTraces(TracerProviderBuilder traces, IConfiguration configuration) => traces
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
            // A browser's name for itself tells one person from others.
            requests.EnrichWithHttpRequest = (span, _) => span.SetTag("user_agent.original", null);
            // A path names a user by its id: the route says as much to whoever looks for what is slow.
            requests.EnrichWithHttpResponse = (span, response) => span.SetTag(
                "url.path", (response.HttpContext.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        })
        .AddNpgsql()
        .AddSource(CacheTelemetry)
        .AddOtlpExporter(otlp => AddressOf("TRACES", otlp, configuration));

    private static void AddMetrics(MeterProviderBuilder metrics, TelemetryOptions options, IConfiguration configuration)
    {
        metrics
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddMeter("Npgsql", ReadMetrics.MeterName, CacheTelemetry)
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = RequestSeconds });
        if (options.SendsMetrics)
        {
            metrics.AddOtlpExporter(otlp => AddressOf("METRICS", otlp, configuration));
        }

        if (options.Prometheus is not null)
        {
            metrics.AddPrometheusExporter();
        }
    }

    // The exporter reads the variables for all signals by itself, and those for one signal not.
    private static void AddressOf(string signal, OtlpExporterOptions otlp, IConfiguration configuration)
    {
        var prefix = $"OTEL_EXPORTER_OTLP_{signal}_";
        if (configuration[prefix + "PROTOCOL"] is { Length: > 0 } protocol)
        {
            otlp.Protocol = protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }

        if (configuration[prefix + "ENDPOINT"] is { Length: > 0 } endpoint)
        {
            otlp.Endpoint = new Uri(endpoint);
        }

        if (configuration[prefix + "HEADERS"] is { Length: > 0 } headers)
        {
            otlp.Headers = headers;
        }
    }
}
