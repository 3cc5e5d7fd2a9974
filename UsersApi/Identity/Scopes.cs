using System.Security.Claims;

namespace UsersApi.Identity;

/// <summary>The scopes that a token may carry.</summary>
/// <remarks>
/// RFC 9068 section 2.2.3 has one claim <c>scope</c>, separated by spaces; some issuers send <c>scp</c>, or a claim for each.
/// </remarks>
internal static class Scopes
{
    public const string UsersRead = "users:read";
    public const string UsersWrite = "users:write";
    public const string UsersAdmin = "users:admin";
    public const string CacheAdmin = "cache:admin";

    public static IReadOnlyList<string> All { get; } = [UsersRead, UsersWrite, UsersAdmin, CacheAdmin];

    public static bool HasScope(this ClaimsPrincipal user, string scope) => user.Claims.Any(
        claim => claim.Type is "scope" or "scp" && claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));
}
