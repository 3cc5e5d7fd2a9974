using System.Net;
using System.Net.Http.Headers;
using UsersApi.Identity;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>Without the issuer's keys no token can be judged: none is called invalid then.</summary>
public sealed class IssuerAwayTests
{
    private const string Body = """{"email":"a@example.com"}""";

    private readonly int _port = LoopbackPort.Free();
    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi() => _api = await UsersApiHost.StartAsync(
        "Production", ("Authentication:Schemes:Bearer:Authority", $"http://127.0.0.1:{_port}"));

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task An_issuer_that_cannot_be_reached_lets_nobody_write_for_now_and_everybody_read()
    {
        using var written = await _api.Client.SendAsync(HttpMethod.Post, Http.Users, Body);
        using var without = await _api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, Body);
        using var read = await _api.Anonymous.FetchAsync(Http.Users, TestTokens.Production(Scopes.All));
        using var anonymous = await _api.Anonymous.FetchAsync(Http.Users);

        await written.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        await without.ProblemAsync(HttpStatusCode.Unauthorized);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(written.Headers.WwwAuthenticate, Is.Empty);
            Assert.That(written.Headers.CacheControl?.NoStore, Is.True);
            Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task Whoever_brings_no_token_but_a_password_is_told_that_a_token_is_needed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Http.Users);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "YWRhOnNlY3JldA==");

        using var written = await _api.Anonymous.SendAsync(request);

        await written.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.That(written.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer"));
    }

    [Test]
    public async Task It_is_told_once_in_the_log_and_by_the_health_check_until_the_issuer_is_there()
    {
        await Eventually.HoldsAsync(async () => await HealthAsync() == "Degraded", "the node is degraded");
        foreach (var _ in Enumerable.Range(0, 3))
        {
            using var written = await _api.Client.SendAsync(HttpMethod.Post, Http.Users, Body);
            await written.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        }

        await using var issuer = await TestIssuer.StartAsync(_port);
        var token = issuer.CreateToken(scope: Scopes.UsersWrite);
        await Eventually.HoldsAsync(
            async () =>
            {
                using var written = await _api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, Body, token: token);
                Assert.That(written.StatusCode, Is.AnyOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.Created));
                return written.StatusCode == HttpStatusCode.Created;
            },
            "the token is taken");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await HealthAsync(), Is.EqualTo("Healthy"));
            Assert.That(_api.Logs.At(LogLevel.Error), Has.Exactly(1).Contains("The issuer of tokens cannot be reached"));
        }
    }

    private async Task<string?> HealthAsync() =>
        (await _api.Anonymous.GetJsonAsync("/health/ready")).GetProperty("checks").GetProperty("token-issuer").GetString();
}
