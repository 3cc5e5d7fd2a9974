using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>Issues tokens in Development, where there need not be anybody else who does.</summary>
internal sealed class DevelopmentTokens(DevelopmentKey key, TimeProvider clock)
{
    public const string Issuer = "users-api-development";
    public const string Audience = "users-api";

    // A working day: whoever made one in the morning is not held up in the afternoon.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public string Create(IEnumerable<string> scopes)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = "developer", ["scope"] = string.Join(' ', scopes) },
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.HmacSha256),
        });
    }
}
