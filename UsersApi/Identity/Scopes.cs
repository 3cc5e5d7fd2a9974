namespace UsersApi.Identity;

/// <summary>What a token may allow.</summary>
internal static class Scopes
{
    public const string UsersWrite = "users:write";
    public const string CacheAdmin = "cache:admin";

    public static IReadOnlyList<string> All { get; } = [UsersWrite, CacheAdmin];
}
