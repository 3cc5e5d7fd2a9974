using System.Text;
using UsersApi.Caching.Keys;
using UsersApi.Caching.Versions;

namespace UsersApi.Caching.Operations;

/// <summary>What an operator may do with the cache beside having requests explained.</summary>
public sealed class CacheDesk
{
    private readonly StoredEntries _entries;
    private readonly TagEvictor _evictor;

    internal CacheDesk(StoredEntries entries, TagEvictor evictor) => (_entries, _evictor) = (entries, evictor);

    /// <summary>A stored response.</summary>
    /// <param name="key">As <see cref="CacheExplanation.Key"/> names it.</param>
    /// <param name="withBody">Whether its body is shown too: it may hold personal data.</param>
    public async Task<StoredResponse?> ShowAsync(string key, bool withBody) => await _entries.FindAsync(key) is { } entry
        ? new StoredResponse(
            entry.Key, entry.Action, entry.Status, At(entry.Stored), At(entry.FreshUntil), At(entry.KeepUntil), entry.ETag, entry.Length,
            entry.Headers.ToDictionary(header => header.Name, header => string.Join(", ", header.Values)), entry.Selecting,
            withBody ? Encoding.UTF8.GetString(entry.Body.Span) : null)
        : null;

    /// <summary>Evicts, on all nodes.</summary>
    /// <param name="tags">Tags as attributes name them.</param>
    /// <param name="paths">Paths: every response of one, whatever its query.</param>
    /// <param name="keys">
    /// Keys: every response of the same path goes with it, since nodes know of versions of tags and paths and not of keys.
    /// </param>
    /// <returns>As <see cref="IRedisCacheEvictor.EvictAsync"/> does.</returns>
    public Task<bool> EvictAsync(IEnumerable<string> tags, IEnumerable<string> paths, IEnumerable<string> keys) => _evictor.EvictAsync(
        [.. tags, .. paths.Select(path => TagNames.OfPath(RoutePath.OfUri(path))), .. keys.Select(key => TagNames.OfPath(PathOf(key)))]);

    // get:/path:arguments, or get:scheme://host/path:arguments. A colon in a path is escaped.
    internal static string PathOf(string key)
    {
        var rest = key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var host = rest.IndexOf("://", StringComparison.Ordinal);
        if (host > 0 && rest.IndexOf('/', host + 3) is > 0 and var path)
            rest = rest[path..];

        return rest.IndexOfAny([':', '#']) is >= 0 and var end ? rest[..end] : rest;
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>A stored response, without what a person can't read.</summary>
/// <param name="Key">Its key, without the prefix.</param>
/// <param name="Action">The action that made it.</param>
/// <param name="Status">Its status.</param>
/// <param name="Stored">When it was made.</param>
/// <param name="FreshUntil">Until when it is fresh.</param>
/// <param name="KeepUntil">Until when it may be sent stale.</param>
/// <param name="ETag">Its entity tag.</param>
/// <param name="Length">Bytes of its body.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Selecting">Where this only names the headers that select between responses: those.</param>
/// <param name="Body">Its body, where asked for.</param>
public sealed record StoredResponse(
    string Key, string Action, int Status, DateTimeOffset Stored, DateTimeOffset FreshUntil, DateTimeOffset KeepUntil,
    string ETag, int Length,
    IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Selecting, string? Body);
