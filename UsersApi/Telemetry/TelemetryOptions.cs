namespace UsersApi.Telemetry;

/// <summary>What is exported, by the variables of the OpenTelemetry specification, which stand in the configuration too.</summary>
/// <remarks>
/// <code>
/// OTEL_EXPORTER_OTLP_ENDPOINT      where traces and metrics are sent; nothing is without it, or one of the two below
/// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT
/// OTEL_TRACES_EXPORTER             none: no traces
/// OTEL_METRICS_EXPORTER            otlp (the default), prometheus, both with a comma between them, none
/// OTEL_EXPORTER_PROMETHEUS_HOST    localhost: the address that /metrics is served on, * for all
/// OTEL_EXPORTER_PROMETHEUS_PORT    9464: its port, which is never that of the API
/// OTEL_SDK_DISABLED                true: nothing at all
/// </code>
/// All others are read by the library: <c>OTEL_SERVICE_NAME</c>, <c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_EXPORTER_OTLP_HEADERS</c> ...
/// </remarks>
internal sealed record TelemetryOptions(bool SendsTraces, bool SendsMetrics, Uri? Prometheus)
{
    private const int DefaultPort = 9464;

    public static TelemetryOptions From(IConfiguration configuration)
    {
        // By the specification, anything but "true" is false.
        var isOn = !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
        return new TelemetryOptions(
            isOn && Names("OTEL_TRACES_EXPORTER").Contains("otlp") && HasEndpoint("TRACES"),
            isOn && Names("OTEL_METRICS_EXPORTER").Contains("otlp") && HasEndpoint("METRICS"),
            isOn && Names("OTEL_METRICS_EXPORTER").Contains("prometheus") ? PrometheusAddress() : null);

        string[] Names(string variable) =>
            (configuration[variable] ?? "otlp").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        bool HasEndpoint(string signal) =>
            configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }
            || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 };

        Uri PrometheusAddress()
        {
            var host = configuration["OTEL_EXPORTER_PROMETHEUS_HOST"] is { Length: > 0 } given ? given : "localhost";
            var port = configuration.GetValue("OTEL_EXPORTER_PROMETHEUS_PORT", DefaultPort);
            return new UriBuilder(Uri.UriSchemeHttp, host == "*" ? "[::]" : host, port).Uri;
        }
    }
}
