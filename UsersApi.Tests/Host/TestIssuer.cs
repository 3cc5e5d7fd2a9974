using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Tests.Host;

/// <summary>An issuer of tokens, as OpenID Connect has it: a server that tells its keys, and signs with one.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "users-api-of-the-tests";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RsaSecurityKey _key;
    private readonly WebApplication _server;

    private TestIssuer(int port)
    {
        _key = new RsaSecurityKey(_rsa) { KeyId = Guid.NewGuid().ToString() };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string Url => _server.Urls.Single();

    /// <param name="port">0 for any that is free.</param>
    public static async Task<TestIssuer> StartAsync(int port = 0)
    {
        var issuer = new TestIssuer(port);
        await issuer._server.StartAsync();
        return issuer;
    }

    public string CreateToken(string subject = "somebody", string scope = "", string tenant = "", Action<SecurityTokenDescriptor>? change = null)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = Audience,
            Expires = DateTime.UtcNow.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["scope"] = scope, ["tenant"] = tenant },
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _rsa.Dispose();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" => context.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["issuer"] = Url,
            ["jwks_uri"] = $"{Url}/keys",
        }),
        _ => context.Response.WriteAsJsonAsync(new { keys = new[] { PublicKey() } }),
    };

    private object PublicKey()
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = _key.KeyId, n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) };
    }
}
