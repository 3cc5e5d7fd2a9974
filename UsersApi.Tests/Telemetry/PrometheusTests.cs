using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Telemetry;

/// <summary>The metrics as Prometheus scrapes them.</summary>
// The library takes instruments of several hosts in one process for the same, and ends them with the first of them.
[NonParallelizable]
public sealed partial class PrometheusTests
{
    private int _port;
    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi()
    {
        _port = LoopbackPort.Free();
        _api = await UsersApiHost.StartAsync(settings:
        [
            ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", _port.ToString(CultureInfo.InvariantCulture)),
        ]);
        await _api.UntilItCachesAsync();
    }

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task Strangers_do_not_reach_them_where_they_reach_the_API()
    {
        using var response = await _api.Anonymous.FetchAsync("/metrics");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_request_is_counted_by_outcome_reason_and_route()
    {
        using var missed = await _api.Anonymous.FetchAsync($"{Http.Users}?limit=3");
        using var hit = await _api.Anonymous.FetchAsync($"{Http.Users}?limit=3");
        var scrape = await ScrapeAsync();

        using (Assert.EnterMultipleScope())
        {
            foreach (var (outcome, reason) in ((string, string)[])[("hit", "hit"), ("miss", "stored")])
            {
                Assert.That(LinesOf(scrape, "cache_requests_total"), Has.Some.Contains($"cache_outcome=\"{outcome}\"")
                    .And.Contains($"cache_reason=\"{reason}\"").And.Contains("http_route=\"api/v1/users\""));
                Assert.That(LinesOf(scrape, "http_server_request_duration_seconds_count"), Has.Some.Contains($"cache_outcome=\"{outcome}\"")
                    .And.Contains("http_route=\"api/v1/users\""));
            }
        }
    }

    [Test]
    public async Task The_state_of_memory_queue_leases_Redis_and_evictions_is_measured()
    {
        await _api.Client.CreateUserAsync("ada@example.com");
        var scrape = "";
        await Eventually.HoldsAsync(
            async () => ValueOf(scrape = await ScrapeAsync(), "cache_redis_memory_usage_bytes") > 0, "Redis told of its memory");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ValueOf(scrape, "cache_enabled"), Is.EqualTo(1));
            Assert.That(ValueOf(scrape, "cache_redis_available"), Is.EqualTo(1));
            Assert.That(ValueOf(scrape, "cache_memory_usage_bytes"), Is.GreaterThan(0));
            Assert.That(ValueOf(scrape, "cache_memory_entries"), Is.GreaterThan(0));
            Assert.That(ValueOf(scrape, "cache_queue_usage_bytes"), Is.Not.Null);
            Assert.That(ValueOf(scrape, "cache_queue_age_seconds"), Is.Not.Null);
            Assert.That(ValueOf(scrape, "cache_lease_held"), Is.Not.Null);
            Assert.That(ValueOf(scrape, "cache_eviction_owed"), Is.Zero);
            Assert.That(LinesOf(scrape, "cache_eviction_duration_seconds_count"), Is.Not.Empty);
            Assert.That(LinesOf(scrape, "cache_eviction_lease_wait_seconds_count"), Is.Not.Empty);
            Assert.That(LinesOf(scrape, "cache_collapse_size_count"), Is.Not.Empty);
            Assert.That(LinesOf(scrape, "cache_body_size_bytes_count"), Is.Not.Empty);
        }
    }

    [Test]
    public async Task The_kill_switch_shows()
    {
        _port = LoopbackPort.Free();
        await using var off = _api.StartAnother(
            ("RedisCached:Enabled", "false"), ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", $"{_port}"));

        Assert.That(ValueOf(await ScrapeAsync(), "cache_enabled"), Is.Zero);
    }

    private static IEnumerable<string> LinesOf(string scrape, string name) =>
        scrape.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..] is ['{' or ' ', ..]);

    private static double? ValueOf(string scrape, string name) => LinesOf(scrape, name).FirstOrDefault() is { } line
        ? double.Parse(Value().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex(@"(?:\}| )\s*([-+0-9.eE]+)(?: \d+)?\s*$")]
    private static partial Regex Value();

    private async Task<string> ScrapeAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"));
    }
}
