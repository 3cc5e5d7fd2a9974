using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Redis;
using UsersApi.Caching.Store;

namespace UsersApi.Caching.Operations;

/// <summary>What became of the requests of this node since it started, by route.</summary>
public sealed class CacheStatistics
{
    /// <summary>Keys that one look through Redis passes at most.</summary>
    public const int MostScanned = 100_000;

    private readonly RequestCounts _requests;
    private readonly NearCache _near;
    private readonly IOptions<RedisCachedOptions> _options;
    private readonly RedisConnection? _redis;

    internal CacheStatistics(CacheMetrics metrics, NearCache near, IOptions<RedisCachedOptions> options, RedisConnection? redis) =>
        (_requests, _near, _options, _redis) = (metrics.Requests, near, options, redis);

    /// <summary>Clients' requests by route.</summary>
    public IReadOnlyList<RouteStatistics> Routes =>
        [.. _requests.All.GroupBy(one => one.Route).OrderBy(route => route.Key, StringComparer.Ordinal).Select(StatisticsOf)];

    /// <summary>Responses in this process's memory, and their bytes.</summary>
    public EntryCount InMemory => new(_near.Count, _near.Bytes);

    /// <summary>
    /// Counts entries in Redis by route, with <c>SCAN</c>: it passes at most so many keys of the whole database, and never uses
    /// <c>KEYS</c>.
    /// </summary>
    /// <param name="most">Keys to pass, up to <see cref="MostScanned"/>.</param>
    /// <param name="routes">The templates of the routes that there may be.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="RedisException">Redis is away, or refuses.</exception>
    public async Task<StoredStatistics> ScanAsync(int most, IEnumerable<string> routes, CancellationToken cancel)
    {
        var matchers = routes.Select(route => (Route: route, Matcher: new TemplateMatcher(TemplateParser.Parse(route), []))).ToList();
        var counts = new Dictionary<string, EntryCount>(StringComparer.Ordinal);
        var (passed, cursor) = (0, "0");
        if (_redis is null)
            return new StoredStatistics(counts, 0, IsWhole: true);

        var database = await _redis.DatabaseAsync();
        var prefix = Entries.CacheEntryFormat.KeyPrefixOf(_options.Value);
        do
        {
            cancel.ThrowIfCancellationRequested();
            // One command at a time, so that Redis serves others in between.
            var page = (RedisResult[])(await database.ExecuteAsync("SCAN", cursor, "MATCH", $"{prefix}get:*", "COUNT", "1000"))!;
            cursor = (string)page[0]!;
            passed += 1_000;
            foreach (var key in (string[])page[1]!)
            {
                var path = CacheDesk.PathOf(key[prefix.Length..]);
                var route = matchers.Find(one => one.Matcher.TryMatch(path, [])).Route ?? "";
                var known = counts.GetValueOrDefault(route) ?? new EntryCount(0, 0);
                counts[route] = new EntryCount(known.Entries + 1, known.Bytes + (long)await database.ExecuteAsync("HSTRLEN", key, "data"));
            }
        }
        while (cursor != "0" && passed < Math.Min(most, MostScanned));
        return new StoredStatistics(counts, passed, IsWhole: cursor == "0");
    }

    private static RouteStatistics StatisticsOf(IGrouping<string, (string Route, CacheOutcome Outcome, long Count)> route)
    {
        var all = route.Sum(one => one.Count);
        var hits = route.Where(one => CacheMetrics.GroupOf(one.Outcome) is "hit" or "stale").Sum(one => one.Count);
        return new RouteStatistics(
            route.Key, all, Math.Round((double)hits / all, 4), route.ToDictionary(one => CacheMetrics.ReasonOf(one.Outcome), one => one.Count));
    }
}

/// <summary>Requests to one route.</summary>
/// <param name="Route">Its template.</param>
/// <param name="Requests">How many there were.</param>
/// <param name="HitRatio">How many of them ran no action, from 0 to 1.</param>
/// <param name="Reasons">How many there were for each reason.</param>
public sealed record RouteStatistics(string Route, long Requests, double HitRatio, IReadOnlyDictionary<string, long> Reasons);

/// <summary>Entries and their bytes.</summary>
/// <param name="Entries">How many.</param>
/// <param name="Bytes">How large, together.</param>
public sealed record EntryCount(long Entries, long Bytes);

/// <summary>What a look through Redis counted.</summary>
/// <param name="Routes">By the template of the route.</param>
/// <param name="Passed">Keys that it passed, roughly.</param>
/// <param name="IsWhole">Whether it came to the end of the database.</param>
public sealed record StoredStatistics(IReadOnlyDictionary<string, EntryCount> Routes, int Passed, bool IsWhole);
