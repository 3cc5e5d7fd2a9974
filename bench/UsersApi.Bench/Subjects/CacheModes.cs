namespace UsersApi.Bench.Subjects;

/// <summary>The settings that make one build of the cache two subjects; all else is the application's own appsettings.json.</summary>
internal static class CacheModes
{
    /// <summary>As it comes.</summary>
    public static readonly Dictionary<string, string?> Leases = new() { ["RedisCached:KeyPrefix"] = RedisServiceCollectionExtensions.KeyPrefix };

    /// <summary>Every lookup reads its versions from Redis.</summary>
    public static readonly Dictionary<string, string?> NoLeases = new(Leases) { ["RedisCached:Leases"] = "false" };

    /// <summary>With all metrics, on a port of the system's choice, where nobody collects them.</summary>
    public static readonly Dictionary<string, string?> Metrics = new(Leases)
    {
        ["OTEL_METRICS_EXPORTER"] = "prometheus",
        ["OTEL_EXPORTER_PROMETHEUS_HOST"] = "127.0.0.1",
        ["OTEL_EXPORTER_PROMETHEUS_PORT"] = "0",
    };

    /// <summary>Every request is a trace too, which is made, queued and sent to a port that nobody listens on.</summary>
    public static readonly Dictionary<string, string?> Traces = new(Metrics) { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://127.0.0.1:9" };
}
