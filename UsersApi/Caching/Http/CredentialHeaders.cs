namespace UsersApi.Caching.Http;

/// <summary>The request headers that say who asks.</summary>
internal static class CredentialHeaders
{
    private static readonly string[] Names = [HeaderNames.Authorization, HeaderNames.Cookie, HeaderNames.ProxyAuthorization];

    public static bool Contain(string header) => Names.Contains(header, StringComparer.OrdinalIgnoreCase);
}
