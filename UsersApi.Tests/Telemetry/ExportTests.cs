using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Telemetry;

/// <summary>What leaves the process, and only where the configuration asks for it.</summary>
public sealed class ExportTests
{
    [Test]
    public async Task Nothing_of_OpenTelemetry_is_there_without_its_variables()
    {
        await using var api = await UsersApiHost.StartAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(api.Services.GetService<TracerProvider>(), Is.Null);
            Assert.That(api.Services.GetService<MeterProvider>(), Is.Null);
        }
    }

    [Test]
    public async Task Only_the_word_true_disables_it()
    {
        await using var api = await UsersApiHost.StartAsync(
            settings: [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_SDK_DISABLED", "1")]);

        Assert.That(api.Services.GetService<TracerProvider>(), Is.Not.Null);
    }

    [TestCase("OTEL_SDK_DISABLED", "true")]
    [TestCase("OTEL_TRACES_EXPORTER", "none")]
    public async Task Traces_are_switched_off_by_the_standard_variables(string name, string value)
    {
        await using var api = await UsersApiHost.StartAsync(
            settings: [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), (name, value)]);

        Assert.That(api.Services.GetService<TracerProvider>(), Is.Null);
    }

    // The library takes instruments of several hosts in one process for the same, and ends them with the first of them.
    [Test]
    [NonParallelizable]
    public async Task A_collector_gets_the_spans_of_requests_cache_and_SQL_and_the_metrics()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var api = await UsersApiHost.StartAsync(settings:
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ]);
        await api.UntilItCachesAsync();
        await api.Client.CreateUserAsync("ada@example.com", "Ada");
        using var found = await api.Anonymous.FetchAsync($"{Http.Users}/search?q=ada@example.com");
        using var one = new HttpRequestMessage(HttpMethod.Get, new Uri($"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77", UriKind.Relative)) { Headers = { { "User-Agent", "Only-Adas/1.0" } } };
        using var missing = await api.Anonymous.SendAsync(one);
        using var health = await api.Anonymous.FetchAsync("/health/live");

        await ReceivesAsync(collector, "/v1/traces", [
            "cache lookup", "cache action", "cache delivery", "cache write", "cache eviction", "Npgsql", "Microsoft.AspNetCore",
        ]);
        await ReceivesAsync(collector, "/v1/metrics", [
            "cache.requests", "cache.eviction.duration", "cache.memory.usage", "http.server.request.duration", "db.client",
        ]);
        var all = collector.ReceivedAt("/v1/traces") + collector.ReceivedAt("/v1/metrics");
        await ReceivesAsync(collector, "/v1/traces", ["api/v1/users/{id"]);
        all += collector.ReceivedAt("/v1/traces");
        Assert.That(all, Does.Not.Contain("ada@").And.Not.Contain("ada%40").And.Not.Contain("Only-Adas").And.Not.Contain("0195d3a0-7c00"), "personal data");
        Assert.That(collector.ReceivedAt("/v1/traces"), Does.Not.Contain("health/live"), "a probe is no request");
    }

    [Test]
    [NonParallelizable]
    public async Task Each_signal_may_have_an_address_of_its_own()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using var api = await UsersApiHost.StartAsync(settings:
        [
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", $"{collector.Url}/of/traces"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", $"{collector.Url}/of/metrics"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ]);
        await api.UntilItCachesAsync();

        await ReceivesAsync(collector, "/of/traces", ["cache lookup"]);
        await ReceivesAsync(collector, "/of/metrics", ["cache.requests"]);
    }

    private static async Task ReceivesAsync(FakeCollector collector, string path, string[] names)
    {
        foreach (var name in names)
        {
            await Eventually.HoldsAsync(
                () => Task.FromResult(collector.ReceivedAt(path).Contains(name, StringComparison.Ordinal)),
                $"{name} among {collector.ReceivedAt(path).Length} bytes");
        }
    }
}
