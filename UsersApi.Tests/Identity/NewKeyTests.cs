using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using UsersApi.Identity;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>An issuer changes its keys, and may be away just then: a token that nobody here can judge is not called invalid.</summary>
public sealed class NewKeyTests
{
    private const int Many = 40;
    private static readonly TimeSpan UntilAskedAgain = TimeSpan.FromSeconds(1);

    private readonly ManualTime _clock = new();
    private RSA _forger = null!;
    private TestIssuer _issuer = null!;
    private UsersApiHost _api = null!;
    private int _created;

    [SetUp]
    public async Task StartApi()
    {
        _forger = RSA.Create(2048);
        _issuer = await TestIssuer.StartAsync();
        _api = await UsersApiHost.StartBehindAsync(
            database => database.ConnectionString,
            _clock,
            ("Authentication:Schemes:Bearer:Authority", _issuer.Url),
            ("Authentication:Schemes:Bearer:ValidAudience", TestIssuer.Audience));
        Assert.That(await WriteAsync(Token()), Is.EqualTo(HttpStatusCode.Created));
    }

    [TearDown]
    public async Task StopApi()
    {
        await _api.DisposeAsync();
        await _issuer.DisposeAsync();
        _forger.Dispose();
    }

    [Test]
    public async Task A_token_signed_with_a_new_key_is_taken_at_once()
    {
        _issuer.Rotate();

        Assert.That(await WriteAsync(Token()), Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task While_the_issuer_is_away_it_is_kept_for_later_and_those_with_known_keys_go_on()
    {
        var old = Token();
        _issuer.Rotate();
        _issuer.IsAway = true;

        using var refused = await SendAsync(Token());
        using var read = await _api.Anonymous.FetchAsync(Http.Users, Token());

        await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(refused.Headers.WwwAuthenticate, Is.Empty);
            Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await WriteAsync(old), Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [Test]
    public async Task It_is_told_once_and_over_as_soon_as_the_issuer_answers()
    {
        _issuer.Rotate();
        _issuer.IsAway = true;
        foreach (var _ in Enumerable.Range(0, 3))
        {
            Assert.That(await WriteAsync(Token()), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        Assert.That(await HealthAsync(), Is.EqualTo("Degraded"));
        _issuer.IsAway = false;
        _clock.Advance(UntilAskedAgain);
        await Eventually.HoldsAsync(async () => await WriteAsync(Token()) == HttpStatusCode.Created, "the token is taken");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await HealthAsync(), Is.EqualTo("Healthy"));
            Assert.That(_api.Logs.At(LogLevel.Error), Has.Exactly(1).Contains("Identity.IssuerReachability[4002]"));
            Assert.That(_api.Logs.At(LogLevel.Information), Has.Exactly(1).Contains("Identity.IssuerReachability[4001]"));
        }
    }

    [Test]
    public async Task Nobody_has_to_bring_another_token_for_the_node_to_learn_that_the_issuer_is_back()
    {
        _issuer.IsAway = true;
        Assert.That(await WriteAsync(Forged()), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        _issuer.IsAway = false;

        await Eventually.HoldsAsync(
            async () =>
            {
                _clock.Advance(UntilAskedAgain);
                return await HealthAsync() == "Healthy";
            },
            "the node is healthy");
    }

    [Test]
    public async Task Forged_keys_are_refused_and_do_not_make_the_node_ask_each_time([Values] bool isAway)
    {
        _issuer.IsAway = isAway;
        var before = _issuer.Asked;

        var statuses = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => WriteAsync(Forged())));

        var expected = isAway ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Unauthorized;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statuses, Is.All.EqualTo(expected));

            // The node asks once, and the framework once in the background.
            Assert.That(_issuer.Asked - before, Is.InRange(1, 2));
        }
    }

    [Test]
    public async Task An_issuer_that_answers_is_asked_again_for_a_forged_key_only_after_the_interval_of_the_framework()
    {
        Assert.That(await WriteAsync(Forged()), Is.EqualTo(HttpStatusCode.Unauthorized));
        await Eventually.HoldsAsync(() => Task.FromResult(_issuer.Asked == 3), "the node and the framework have asked");
        _clock.Advance(TimeSpan.FromMinutes(5) - UntilAskedAgain);
        Assert.That(await WriteAsync(Forged()), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(_issuer.Asked, Is.EqualTo(3));

        _clock.Advance(UntilAskedAgain);
        Assert.That(await WriteAsync(Forged()), Is.EqualTo(HttpStatusCode.Unauthorized));

        Assert.That(_issuer.Asked, Is.EqualTo(4));
    }

    private string Token() => _issuer.CreateToken(scope: Scopes.UsersWrite);

    private string Forged() => _issuer.CreateToken(scope: Scopes.UsersWrite, change: token =>
        token.SigningCredentials = new(new RsaSecurityKey(_forger) { KeyId = Guid.NewGuid().ToString() }, "RS256"));

    private Task<HttpResponseMessage> SendAsync(string token) => _api.Anonymous.SendAsync(
        HttpMethod.Post, Http.Users, $$"""{"email":"user{{Interlocked.Increment(ref _created)}}@example.com"}""", token: token);

    private async Task<HttpStatusCode> WriteAsync(string token)
    {
        using var response = await SendAsync(token);
        return response.StatusCode;
    }

    private async Task<string?> HealthAsync() =>
        (await _api.Anonymous.GetJsonAsync("/health/ready")).GetProperty("checks").GetProperty("token-issuer").GetString();
}
