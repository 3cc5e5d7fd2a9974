using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UsersApi.Identity;

namespace UsersApi.Tests.Host;

/// <summary>Tokens that Development takes, signed with the key in the user secrets of the tests, and tokens of their issuer.</summary>
internal static class TestTokens
{
    private const string Issuer = "dotnet-user-jwts";

    /// <summary>What <c>APPDATA</c> is for tests and the processes that they start: the tester's own secrets are left alone.</summary>
    public static string SecretsRoot { get; } = Path.Combine(AppContext.BaseDirectory, "user-secrets");

    public static string SecretsFile(string root) => Path.Combine(root, "Microsoft", "UserSecrets", "users-api", "secrets.json");

    public static string Development(params IEnumerable<string> scopes) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = "http://localhost:8080",
        Claims = new Dictionary<string, object> { ["sub"] = "developer", ["scope"] = string.Join(' ', scopes) },
        SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(UserSecretsKey.ReadOrMake(SecretsFile(SecretsRoot), Issuer)), SecurityAlgorithms.HmacSha256),
    });

    public static string Production(params IEnumerable<string> scopes) => TestServers.Issuer.CreateToken(scope: string.Join(' ', scopes));
}
