using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using UsersApi.Tests.Caching.Host;
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
    public async Task What_has_not_happened_yet_is_zero_and_a_Redis_that_went_away_shows()
    {
        await using var redis = await PrivateRedis.StartAsync("--maxmemory", "100mb");
        _port = LoopbackPort.Free();
        await using var api = _api.StartAnother(
            ("ConnectionStrings:Redis", redis.ConnectionString), ("Outbox:Enabled", "false"),
            ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", $"{_port}"));
        await api.UntilItCachesAsync();
        await Eventually.HoldsAsync(async () => ValueOf(await ScrapeAsync(), "cache_lease_held") == 1, "the lease is held");
        await Eventually.HoldsAsync(async () => ValueOf(await ScrapeAsync(), "cache_redis_memory_limit_bytes") == 100 << 20, "the limit is told");
        var before = await ScrapeAsync();
        await redis.KillAsync();
        using var written = await api.Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"eve@example.com"}""");
        await Eventually.HoldsAsync(async () => ValueOf(await ScrapeAsync(), "cache_redis_available") == 0, "Redis is away");
        var after = await ScrapeAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                LinesOf(before, "cache_failures_total").Select(line => Value().Match(line).Groups[1].Value), Is.EqualTo((string[])["0", "0", "0"]), before);
            Assert.That((ValueOf(before, "cache_queue_dropped_total"), ValueOf(before, "cache_canary_comparisons_total")), Is.EqualTo((0.0, 0.0)));
            Assert.That(ValueOf(before, "cache_written_bytes_total"), Is.GreaterThan(100));
            Assert.That(ValueOf(after, "cache_lease_held"), Is.Zero);
            Assert.That(ValueOf(after, "cache_eviction_owed"), Is.GreaterThan(0));
            Assert.That(LinesOf(after, "cache_failures_total").Single(line => line.Contains("evict", StringComparison.Ordinal)), Does.Not.Match(@"\} 0( \d+)?$"));
        }
    }

    [TestCase("nowhere.example", true), TestCase("127.0.0.1", false)]
    public async Task An_address_that_is_none_of_this_machine_stops_the_start_and_is_named(string address, bool isMistake)
    {
        await using var api = await UsersApiHost.StartAsync();
        var port = LoopbackPort.Free();
        void Start() => api.StartAnother(
            ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", $"{port}"), ("OTEL_EXPORTER_PROMETHEUS_HOST", address))
            .DisposeAsync().AsTask().GetAwaiter().GetResult();

        Assert.That(Start, isMistake ? Throws.Exception.With.Message.Contains("OTEL_EXPORTER_PROMETHEUS_HOST") : Throws.Nothing);
    }

    [Test]
    public async Task Only_this_machine_reaches_them_unless_it_is_asked_for()
    {
        foreach (var address in (await System.Net.Dns.GetHostAddressesAsync(System.Net.Dns.GetHostName())).Where(address => !IPAddress.IsLoopback(address)))
        {
            using var socket = new System.Net.Sockets.TcpClient(address.AddressFamily);
            await Assert.ThatAsync(() => socket.ConnectAsync(address, _port), Throws.InstanceOf<System.Net.Sockets.SocketException>(), $"{address}");
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
