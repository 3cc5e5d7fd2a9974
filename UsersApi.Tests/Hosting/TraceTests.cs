using System.Diagnostics;
using System.Net;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class TraceTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=9;Username=nobody;Password=nothing;Database=users;Timeout=2";

    [Test]
    public async Task The_trace_id_of_each_problem_is_in_a_line_and_only_the_first_is_an_error()
    {
        const int Requests = 5;
        List<string> traceIds = [];
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}") };
        var (_, output, _) = await ApiProgram.RunAsync(
            [
                ("ASPNETCORE_URLS", client.BaseAddress.ToString()),
                ("ASPNETCORE_ENVIRONMENT", "Development"),
                ("ConnectionStrings__Postgres", Nowhere),
                ("ConnectionStrings__Redis", TestServers.Redis),
                ("Logging__Console__FormatterName", "json"),
            ],
            AskAsync);
        var lines = output.Split('\n');
        var line = lines.Single(line => line.Contains("Postgres is not available (no answer: ", StringComparison.Ordinal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(traceIds, Is.Unique.And.All.Length.EqualTo(32));
            Assert.That(line, Does.Contain(traceIds[0]));
            Assert.That(line, Does.Not.Contain("null"), "no word for a code that there is not");
            Assert.That(traceIds.Select(id => lines.Count(line => line.Contains(id, StringComparison.Ordinal))), Is.All.EqualTo(1));
            Assert.That(lines.Where(line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal)), Is.EqualTo((string[])[line]));
            Assert.That(output, Does.Not.Contain("HealthChecks"), "a line for each probe");
            Assert.That(lines.Where(line => line.Contains("The health check postgres is", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(1));
            Assert.That(output, Does.Not.Contain("   at "), "a stack trace");
        }

        async Task AskAsync(Process process)
        {
            await Eventually.HoldsAsync(IsAnsweredAsync, "an answer");
            for (var i = 0; i < Requests; i++)
            {
                using var probe = await client.FetchAsync("/health/ready");
                using var response = await client.FetchAsync($"{Http.Users}/search?q=ada");
                var problem = await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
                Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
                traceIds.Add(problem.GetProperty("traceId").GetString()!.Split('-')[1]);
            }

            using var kill = Process.Start("kill", ["-s", "TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }

        async Task<bool> IsAnsweredAsync()
        {
            try
            {
                using var response = await client.FetchAsync("/health/live");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
