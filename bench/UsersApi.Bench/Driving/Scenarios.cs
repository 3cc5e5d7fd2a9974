using static UsersApi.Bench.Subjects.SubjectNames;

namespace UsersApi.Bench.Driving;

/// <summary>All that is measured.</summary>
internal static class Scenarios
{
    private const int Large = 20_000;

    private static readonly string[] Ours = [RedisCached, RedisCachedInMvc, RedisCachedNoLeases];
    private static readonly string[] Caches = [.. Ours, OutputCacheMemory, OutputCacheRedis];

    public static readonly Scenario[] All =
    [
        new("hit-small", WrkLoads.Same, [32, 128, 512], [.. Caches, PlainFilter, NoCache, ConstMvc, Plaintext, RawGet]) { IsHit = true },
        new("watched-hit", WrkLoads.Same, [32], [RedisCached, RedisCachedDesk, RedisCachedMetrics, RedisCachedTraces, ConstMvc]) { IsHit = true },
        new("hit-large", WrkLoads.Same, [1, 8], [.. Caches, PlainFilter, ConstMvc, Plaintext, RawGet]) { IsHit = true, Limit = Large },
        new("hit-large-compressed", WrkLoads.Same, [4], [.. Caches, ConstMvc]) { IsHit = true, Limit = Large, IsCompressed = true },
        new("hit-many-keys", WrkLoads.Zipf, [32], [.. Caches, PlainFilter, ConstMvc]) { IsHit = true, Keys = 100_000 },
        new("miss-large", WrkLoads.Cold, [1, 4], [RedisCached, OutputCacheRedis, NoCache, RawNpgsql, ConstMvc]) { Limit = Large },
        new("cold-stampede", Stampede.RunAsync, [200, 1_000], [.. Caches, PlainFilter, NoCache, ConstMvc]) { Limit = 200 },
        new("mixed", WrkLoads.Mixed, [32], [.. Caches, NoCache]) { Writes = true },
        new("queue-pressure", WrkLoads.Cold, [32], [RedisCached, OutputCacheRedis, PlainFilter, NoCache, ConstMvc]),
        new("paging-first", WrkLoads.Same, [4], [NoCache, RawNpgsql, ConstMvc]),
        new("paging-cursor", WrkLoads.Same, [4], [NoCache, RawNpgsql, ConstMvc]) { Page = "&after=" + Cursors.Deep },
        new("paging-skip", WrkLoads.Same, [4], [NoCache, ConstMvc]) { Page = $"&skip={Cursors.DeepUsers}" },
    ];

    /// <summary>Those whose names begin with one of the words; all, where there are none.</summary>
    public static IReadOnlyList<Scenario> Named(IReadOnlyCollection<string> words) => words.Count == 0
        ? All
        : [.. All.Where(scenario => words.Any(word => scenario.Name == word || scenario.Name.StartsWith(word + '-', StringComparison.Ordinal)))];
}
