using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Tests.Host;

/// <summary>An issuer of tokens, as OpenID Connect has it: a server that tells its keys, and signs with one.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "users-api-of-the-tests";

    private readonly WebApplication _server;
    private RsaSecurityKey _key = NewKey();
    private int _asked;

    private TestIssuer(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public string Url => _server.Urls.Single();

    /// <summary>How often somebody wanted to know where its keys are.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Whether it hangs up on everybody.</summary>
    public bool IsAway { get; set; }

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

    /// <summary>Signs with another key from now on, and tells the former one no more.</summary>
    public void Rotate() => _key = NewKey();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Rsa.Dispose();
    }

    private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString() };

    private Task AnswerAsync(HttpContext context)
    {
        var isFirst = context.Request.Path == "/.well-known/openid-configuration";
        Interlocked.Add(ref _asked, isFirst ? 1 : 0);
        if (IsAway)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return isFirst
            ? context.Response.WriteAsJsonAsync(new Dictionary<string, object> { ["issuer"] = Url, ["jwks_uri"] = $"{Url}/keys" })
            : context.Response.WriteAsJsonAsync(new { keys = new[] { PublicKey() } });
    }

    private object PublicKey()
    {
        var key = _key.Rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = _key.KeyId, n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) };
    }
}
