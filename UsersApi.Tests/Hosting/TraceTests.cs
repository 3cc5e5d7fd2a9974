using System.Diagnostics;
using System.Net;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class TraceTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=9;Username=nobody;Password=nothing;Database=users;Timeout=2";

    [Test]
    public async Task The_trace_id_of_a_problem_is_in_the_line_that_tells_why()
    {
        var traceId = "";
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
        var line = output.Split('\n').Single(line => line.Contains("Postgres is not available", StringComparison.Ordinal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(traceId, Has.Length.EqualTo(32));
            Assert.That(line, Does.Contain(traceId));
            Assert.That(line, Does.Not.Contain("null"), "no word for a code that there is not");
        }

        async Task AskAsync(Process process)
        {
            await Eventually.HoldsAsync(IsAnsweredAsync, "an answer");
            using var response = await client.FetchAsync($"{Http.Users}/search?q=ada");
            var problem = await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
            traceId = problem.GetProperty("traceId").GetString()!.Split('-')[1];
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
