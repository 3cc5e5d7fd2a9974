using System.Net;
using System.Text;
using Npgsql;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Secrets;

/// <summary>Plants what nobody may read later, and searches all that the run wrote for it: logs, metrics, traces, headers, problems.</summary>
public sealed class SecretsTests
{
    private const string Planted = "planted";

    private static readonly (string, string)[] Verbose = [("Logging:LogLevel:UsersApi", "Debug"), ("Logging:LogLevel:Default", "Information")];

    // Each contains the word in the place of its secret; what an action takes is in a response only if it is that user's.
    private static readonly TestCaseData[] Requests =
    [
        new("POST", Http.Users, """{"email":"planted@example.com","fullName":"planted"}"""),
        new("POST", Http.Users, """{"email":"planted@example.com"}"""),
        new("POST", Http.Users, """{"email":"planted at example.com","fullName":"planted\u0000"}"""),
        new("POST", Http.Users, """{"email":"planted@example.com","planted":}"""),
        new("POST", Http.Users, """{"email":"a@example.com","isActive":"planted"}"""),
        new("POST", $"{Http.Users}/bulk", """[{"email":"planted@example.com"},{"email":"PLANTED@example.com"}]"""),
        new("POST", $"{Http.Users}/bulk", """[{"email":"planted2@example.com","fullName":"planted"}]"""),
        new("PUT", $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77", """{"email":"planted@example.com"}"""),
        new("PATCH", $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77", """{"planted":"planted"}"""),
        new("POST", "/api/v1/cache/evictions", """{"tags":["user:planted"]}"""),
        new("GET", Http.Users, null),
        new("GET", $"{Http.Users}?planted=planted@example.com", null),
        new("GET", $"{Http.Users}?after=planted", null),
        new("GET", $"{Http.Users}?limit=planted", null),
        new("GET", $"{Http.Users}/search?q=planted@example.com", null),
        new("GET", $"{Http.Users}/search?q=planted%00", null),
        new("GET", "/misbehaving/throw?q=planted@example.com", null),
        new("GET", "/audience/mine?q=planted", null),
    ];

    [Test]
    public async Task No_personal_data_and_no_token_is_written_anywhere()
    {
        using var telemetry = new CollectedTelemetry();
        await using var api = await UsersApiHost.StartAsync("Production", Verbose);
        var token = TestServers.Issuer.CreateToken(Planted, "users:write cache:admin", Planted);
        var written = new StringBuilder();
        foreach (var twice in Requests.Concat(Requests))
        {
            var (method, path, json) = ((string)twice.Arguments[0]!, (string)twice.Arguments[1]!, (string?)twice.Arguments[2]);
            foreach (var candidate in (string[])[token, token[..^5] + "nope1", $"{Planted}.{Planted}.{Planted}"])
            {
                using var response = await api.Anonymous.SendAsync(new HttpMethod(method), path, json, token: candidate);
                written.AppendLine(response.Headers.ToString());

                // A 400 tells its own client what of its own request is wrong.
                if (response.StatusCode > HttpStatusCode.BadRequest)
                {
                    written.AppendLine(await response.Content.ReadAsStringAsync());
                }
            }
        }

        // Instruments that are asked for their value are gone with their host.
        written.AppendLine(telemetry.Text);
        await api.StopAsync();
        written.AppendJoin('\n', api.Logs.At(LogLevel.Trace)).AppendLine(telemetry.Text);

        AssertNothing(written.ToString(), token.Split('.')[1], token.Split('.')[2]);
        Assert.That(written.ToString(), Does.Contain("cache.requests").And.Contains("UsersApi.Users").And.Contains("Cache-Status").And.Contains("/api/v1/users"), "all was heard");
    }

    [Test]
    public async Task No_password_is_written_where_servers_refuse_it()
    {
        using var telemetry = new CollectedTelemetry();
        var postgres = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Password = Planted };
        await using var api = await UsersApiHost.StartAsync(
            settings: [.. Verbose, ("ConnectionStrings:Postgres", postgres.ConnectionString), ("ConnectionStrings:Redis", $"{TestServers.Redis},password={Planted}")]);
        using var read = await api.Client.FetchAsync(Http.Users);
        using var ready = await api.Client.FetchAsync("/health/ready");
        await api.StopAsync();

        AssertNothing($"{await read.Content.ReadAsStringAsync()} {await ready.Content.ReadAsStringAsync()} {string.Join('\n', api.Logs.At(LogLevel.Trace))} {telemetry.Text}");
    }

    private static void AssertNothing(string written, params string[] others)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var secret in others.Prepend(Planted))
            {
                Assert.That(
                    written.Split('\n').Where(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(line => line[..Math.Min(400, line.Length)]).Distinct(),
                    Is.Empty,
                    secret);
            }
        }
    }
}
