using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>Which tokens of an issuer are taken, and which are not whatever they say.</summary>
public sealed class TokenTests() : SharedApiTest("Production")
{
    private const string Body = """{"email":"a@example.com"}""";

    // What is done to a token that is right in all else.
    private static readonly (string Mistake, Func<TestIssuer, string> Make)[] Mistakes =
    [
        ("expired", issuer => Writer(issuer, token => token.Expires = DateTime.UtcNow.AddMinutes(-1))),
        ("not valid yet", issuer => Writer(issuer, token => token.NotBefore = DateTime.UtcNow.AddMinutes(5))),
        ("without an end", issuer => Writer(issuer, token => token.Expires = null)),
        ("for another API", issuer => Writer(issuer, token => token.Audience = "others")),
        ("for nobody", issuer => Writer(issuer, token => token.Audience = null)),
        ("of another issuer", issuer => Writer(issuer, token => token.Issuer = "http://127.0.0.1:1")),
        ("unsigned", issuer => Writer(issuer, token => token.SigningCredentials = null)),
        ("signed by another key", issuer => Writer(issuer, token => token.SigningCredentials = new(new RsaSecurityKey(RSA.Create(2048)), "RS256"))),
        ("signed by a secret", issuer => Writer(issuer, token => token.SigningCredentials = new(new SymmetricSecurityKey(Encoding.ASCII.GetBytes(issuer.Url.PadRight(64))), "HS256"))),
        ("of Development", _ => TestTokens.Development(Scopes.All)),
        ("cut", issuer => Writer(issuer, _ => { })[..^3]),
        ("no token", _ => "nonsense"),
    ];

    [TestCaseSource(nameof(MistakeNames))]
    public async Task A_token_with_a_mistake_is_a_401_that_tells_it_is_invalid(string mistake)
    {
        var token = Mistakes.Single(candidate => candidate.Mistake == mistake).Make(TestServers.Issuer);

        using var response = await Api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, Body, token: token);

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.That(response.Headers.WwwAuthenticate.Single().ToString(), Does.StartWith("Bearer realm=\"UsersApi\", error=\"invalid_token\""));
    }

    [TestCase("scope", "openid users:write")]
    [TestCase("scp", "users:write")]
    [TestCase("scp", "openid", "users:write")]
    public async Task A_scope_is_found_where_issuers_put_it(string claim, params string[] values)
    {
        var token = TestServers.Issuer.CreateToken(change: token => token.Claims[claim] = values.Length > 1 ? values : values[0]);

        using var response = await Api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, Body, token: token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [TestCase("users:writes")]
    [TestCase("USERS:WRITE")]
    [TestCase("users:write,cache:admin")]
    public async Task A_scope_that_only_looks_alike_is_none(string scope)
    {
        using var response = await Api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, Body, token: TestTokens.Production(scope));

        await response.ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static IEnumerable<string> MistakeNames() => Mistakes.Select(mistake => mistake.Mistake);

    private static string Writer(TestIssuer issuer, Action<SecurityTokenDescriptor> change) => issuer.CreateToken(scope: Scopes.UsersWrite, change: change);
}
