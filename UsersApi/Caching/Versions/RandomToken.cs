namespace UsersApi.Caching.Versions;

/// <summary>128 random bits, so that versions and the names of nodes never repeat.</summary>
internal static class RandomToken
{
    public static string New() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
