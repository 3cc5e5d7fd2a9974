namespace UsersApi.Bench.Subjects;

/// <summary>The settings that make one build of the cache two subjects; all else is the application's own appsettings.json.</summary>
internal static class CacheModes
{
    /// <summary>As it comes.</summary>
    public static readonly Dictionary<string, string?> Leases = new() { ["RedisCached:KeyPrefix"] = RedisServiceCollectionExtensions.KeyPrefix };

    /// <summary>Every lookup reads its versions from Redis.</summary>
    public static readonly Dictionary<string, string?> NoLeases = new(Leases) { ["RedisCached:Leases"] = "false" };
}
