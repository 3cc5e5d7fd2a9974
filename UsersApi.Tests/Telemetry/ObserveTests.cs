using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Telemetry;

/// <summary>The dashboard and the alerts of docs/observe, by a real Prometheus (Debian: apt-get install prometheus).</summary>
[Category("Scale")]
public sealed partial class ObserveTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "observe");

    [TestCase("check", "rules", "rules.yaml")]
    [TestCase("test", "rules", "rules.test.yaml")]
    public async Task The_rules_are_right_and_each_fires_when_it_should(params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.That(process.ExitCode, Is.Zero, output);
    }

    [Test]
    public async Task Every_alert_is_tested_both_ways_and_explained()
    {
        var tests = await File.ReadAllTextAsync(Path.Combine(Folder, "rules.test.yaml"));
        var guide = await File.ReadAllTextAsync(Path.Combine(Folder, "..", "operate.md"));
        var rules = await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yaml"));
        var alerts = AlertName().Matches(rules).Select(match => match.Groups[1].Value).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(alerts, Is.Not.Empty);
            foreach (var alert in alerts)
            {
                Assert.That(Regex.Count(tests, $@"alertname: {alert}\b"), Is.GreaterThanOrEqualTo(2), alert);
                Assert.That(guide, Does.Contain($"### {alert}\n"), "what to do about it");
            }
        }
    }

    // Prometheus gives a scrape up where the whole suite keeps the machine busy.
    [Test]
    [NonParallelizable]
    public async Task Every_query_of_the_dashboard_and_every_rule_has_values_of_a_running_API()
    {
        var (metricsPort, prometheusPort) = (LoopbackPort.Free(), LoopbackPort.Free());
        await using var api = await UsersApiHost.StartAsync(settings:
        [
            ("OTEL_METRICS_EXPORTER", "prometheus"),
            ("OTEL_EXPORTER_PROMETHEUS_PORT", metricsPort.ToString(CultureInfo.InvariantCulture)),
        ]);
        await api.UntilItCachesAsync();
        var folder = Directory.CreateTempSubdirectory("prometheus-");
        try
        {
            using var prometheus = await StartPrometheusAsync(folder.FullName, metricsPort, prometheusPort);
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{prometheusPort}") };
            await Eventually.HoldsAsync(() => IsReadyAsync(client), "Prometheus is ready", Runs.Deadline);
            var scrape = $"Prometheus scraped port {metricsPort}";
            await Eventually.HoldsAsync(() => HasValuesAsync(api, client, "up == 1"), scrape, Runs.Deadline);
            foreach (var query in await QueriesAsync())
            {
                await Eventually.HoldsAsync(() => HasValuesAsync(api, client, query), query, Runs.Deadline);
            }

            await Eventually.HoldsAsync(() => AreAllRulesWellAsync(client), "every rule was evaluated", Runs.Deadline);
            var names = await AnswerAsync(client, "/api/v1/label/__name__/values");
            var known = names.EnumerateArray().Select(name => name.GetString()!).ToHashSet();
            var rules = await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yaml"));
            var named = MetricName().Matches(rules).Select(match => match.Value).Distinct();
            Assert.That(named, Is.SubsetOf(known), "what rules name is measured");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\b(?:cache|http_server)_(?!reason|outcome)\w+(?=[{\[ ])")]
    private static partial Regex MetricName();

    private static async Task<ServerProcess> StartPrometheusAsync(string folder, int metricsPort, int port)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yaml"), $"""
            global: {"{"} scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 500ms {"}"}
            rule_files: ["{Folder}/rules.yaml"]
            scrape_configs:
              - job_name: users-api
                static_configs: [{"{"} targets: ["127.0.0.1:{metricsPort}"] {"}"}]
            """);
        return await ServerProcess.StartAsync(
            new ProcessStartInfo(
                "prometheus",
                [
                    $"--config.file={folder}/prometheus.yaml", $"--storage.tsdb.path={folder}/data",
                    $"--web.listen-address=127.0.0.1:{port}",
                ]),
            port);
    }

    private static async Task<IReadOnlyList<string>> QueriesAsync()
    {
        var dashboard = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "grafana", "cache.json")));
        return [.. dashboard.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal))];
    }

    // Rates need load while they are looked at, and two scrapes in their window: a minute holds two on the busiest machine.
    private static async Task<bool> HasValuesAsync(UsersApiHost api, HttpClient client, string query)
    {
        using var missed = await api.Anonymous.FetchAsync(Http.Users);
        using var hit = await api.Anonymous.FetchAsync(Http.Users);
        using var evicted = await api.Client.SendAsync(HttpMethod.Post, "/api/v1/cache/evictions", """{"tags":["users"]}""");
        var answer = await AnswerAsync(client, "/api/v1/query?query=" + Uri.EscapeDataString(query));
        return answer.GetProperty("result").EnumerateArray()
            .Any(sample => sample.GetProperty("value")[1].GetString() is { } value && value != "NaN");
    }

    // It listens before it answers queries.
    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/-/ready", UriKind.Relative));
        return response.IsSuccessStatusCode;
    }

    private static async Task<bool> AreAllRulesWellAsync(HttpClient client)
    {
        var groups = (await AnswerAsync(client, "/api/v1/rules")).GetProperty("groups");
        return groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .All(rule => rule.GetProperty("health").GetString() == "ok");
    }

    private static async Task<JsonElement> AnswerAsync(HttpClient client, string url)
    {
        using var response = await client.GetAsync(new Uri(url, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.IsSuccessStatusCode, Is.True, text);
        return JsonElement.Parse(text).GetProperty("data");
    }
}
