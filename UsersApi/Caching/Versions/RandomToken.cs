namespace UsersApi.Caching.Versions;

/// <summary>128 random bits, as a version that was lost never comes back, and no two nodes have one name.</summary>
internal static class RandomToken
{
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
