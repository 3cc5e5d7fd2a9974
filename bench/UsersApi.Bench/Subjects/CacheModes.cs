namespace UsersApi.Bench.Subjects;

/// <summary>The settings that make one build of the cache three subjects; all else is the application's own appsettings.json.</summary>
internal static class CacheModes
{
    /// <summary>The attribute alone.</summary>
    public static readonly Dictionary<string, string?> Strict = new() { ["RedisCached:KeyPrefix"] = RedisServiceCollectionExtensions.KeyPrefix };

    /// <summary>Answers from memory alone, for a second.</summary>
    public static readonly Dictionary<string, string?> Local = new(Strict) { ["RedisCached:Defaults:LocalSeconds"] = "1" };
}
