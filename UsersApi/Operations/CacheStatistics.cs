using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Redis;
using UsersApi.Caching.Store;

namespace UsersApi.Caching.Operations;

/// <summary>What became of the requests of this node since it started, by route.</summary>
public sealed class CacheStatistics : IDisposable
{
    /// <summary>Keys that one look through Redis passes at most.</summary>
    public const int MostScanned = 100_000;

    private const int PageSize = 1_000;

    // One look at a time.
    private readonly SemaphoreSlim _scan = new(1);
    private readonly CacheMetrics _metrics;
    private readonly NearCache _near;
    private readonly IOptions<RedisCachedOptions> _options;
    private readonly RedisConnection? _redis;

    internal CacheStatistics(CacheMetrics metrics, NearCache near, IOptions<RedisCachedOptions> options, RedisConnection? redis) =>
        (_metrics, _near, _options, _redis) = (metrics, near, options, redis);

    /// <summary>Clients' requests by route.</summary>
    public IReadOnlyList<RouteStatistics> Routes =>
        [.. _metrics.Requests.GroupBy(one => one.Route).OrderBy(route => route.Key, StringComparer.Ordinal).Select(StatisticsOf)];

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
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task<StoredStatistics> ScanAsync(int most, IEnumerable<string> routes, CancellationToken cancel)
    {
        if (_redis is null)
            return new StoredStatistics(new Dictionary<string, EntryCount>(), 0, IsWhole: true);

        var matchers = routes.Select(route => (Route: route, Matcher: new TemplateMatcher(TemplateParser.Parse(route), []))).ToList();
        var counts = new Dictionary<string, EntryCount>(StringComparer.Ordinal);
        var prefix = CacheEntryFormat.KeyPrefixOf(_options.Value);
        await _scan.WaitAsync(cancel);
        try
        {
            // Not on the connection of versions, where long replies would stand before theirs.
            var redis = await _redis.Bodies;
            var literally = string.Concat(prefix.Select(symbol => @"\*?[]".Contains(symbol) ? $@"\{symbol}" : $"{symbol}"));
            var (passed, limit, isWhole) = (0, Math.Min(most, MostScanned), true);
            foreach (var server in redis.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
            {
                var cursor = "0";
                do
                {
                    cancel.ThrowIfCancellationRequested();
                    // One command at a time, so that Redis serves others in between.
                    var page = (RedisResult[])(await server.ExecuteAsync(
                        redis.GetDatabase().Database, "SCAN", [cursor, "MATCH", $"{literally}get:*", "COUNT", PageSize]))!;
                    (cursor, passed) = ((string)page[0]!, passed + PageSize);
                    var keys = (string[])page[1]!;
                    foreach (var (key, bytes) in keys.Zip(await Task.WhenAll(keys.Select(key => SizeAsync(redis.GetDatabase(), key)))))
                    {
                        var path = CacheDesk.PathOf(key[prefix.Length..]);
                        var route = path is null ? "" : matchers.Find(one => one.Matcher.TryMatch(path, [])).Route ?? "";
                        var known = counts.GetValueOrDefault(route) ?? new EntryCount(0, 0);
                        counts[route] = new EntryCount(known.Entries + 1, known.Bytes + bytes);
                    }
                }
                while (cursor != "0" && passed < limit);
                isWhole &= cursor == "0";
            }

            return new StoredStatistics(counts, passed, isWhole);
        }
        finally
        {
            _scan.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scan.Dispose();

    // What is under an entry's key and is none has no bytes of a body.
    private static async Task<long> SizeAsync(IDatabase database, string key)
    {
        try
        {
            return (long)await database.ExecuteAsync("HSTRLEN", (RedisKey)key, "data");
        }
        catch (RedisServerException)
        {
            return 0;
        }
    }

    private static RouteStatistics StatisticsOf(IGrouping<string, (string Route, CacheOutcome Outcome, long Count)> route)
    {
        var all = route.Sum(one => one.Count);
        var hits = route.Where(one => CacheMetrics.GroupOf(one.Outcome) is "hit" or "stale").Sum(one => one.Count);
        return new RouteStatistics(
            route.Key, all, Math.Round((double)hits / all, 4),
            route.ToDictionary(one => CacheMetrics.ReasonOf(one.Outcome), one => one.Count));
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
