namespace UsersApi.Bench.Subjects;

/// <summary>The settings that make one build of the cache three subjects; all else is the application's own appsettings.json.</summary>
internal static class CacheModes
{
    /// <summary>The attribute alone.</summary>
    public static readonly Dictionary<string, string?> Strict = new() { ["RedisCached:KeyPrefix"] = RedisServiceCollectionExtensions.KeyPrefix };

    /// <summary>Every mode that is on request and as strict. None is there yet: the same as <see cref="Strict"/>.</summary>
    public static readonly Dictionary<string, string?> Fast = new(Strict);

    /// <summary>Answers from memory alone, for a second. The setting is not there yet, and one that nobody reads changes nothing.</summary>
    public static readonly Dictionary<string, string?> Local = new(Strict) { ["RedisCached:Defaults:LocalSeconds"] = "1" };
}
