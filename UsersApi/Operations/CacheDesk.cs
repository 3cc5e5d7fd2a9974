using System.Text;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Keys;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Versions;

namespace UsersApi.Caching.Operations;

/// <summary>What an operator may do with the cache beside having requests explained.</summary>
public sealed class CacheDesk
{
    private readonly StoredEntries _entries;
    private readonly TagEvictor _evictor;
    private readonly string _prefix;

    internal CacheDesk(StoredEntries entries, TagEvictor evictor, RedisCachedOptions options) =>
        (_entries, _evictor, _prefix) = (entries, evictor, CacheEntryFormat.KeyPrefixOf(options));

    /// <summary>A stored response.</summary>
    /// <param name="key">As <see cref="CacheExplanation.Key"/> or Redis names it.</param>
    /// <param name="withBody">Whether its body is shown too: it may hold personal data.</param>
    /// <exception cref="StackExchange.Redis.RedisException">Redis is away, or refuses.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task<StoredResponse?> ShowAsync(string key, bool withBody) => await _entries.FindAsync(WithoutPrefix(key)) is { } entry
        ? new StoredResponse(
            entry.Key, entry.Action, entry.Status, At(entry.Stored), At(entry.FreshUntil), At(entry.KeepUntil), entry.ETag, entry.Length,
            entry.Headers.ToDictionary(header => header.Name, header => string.Join(", ", header.Values)), entry.Selecting,
            withBody ? Encoding.UTF8.GetString(entry.Body.Span) : null)
        : null;

    /// <summary>Evicts, on all nodes.</summary>
    /// <param name="tags">Tags as attributes name them.</param>
    /// <param name="paths">Paths as keys have them, with bound values (5 for 05): every response of one, whatever its query.</param>
    /// <param name="keys">
    /// Keys: every response of the same path goes with it, since nodes know of versions of tags and paths and not of keys.
    /// </param>
    /// <returns>As <see cref="IRedisCacheEvictor.EvictAsync"/> does.</returns>
    /// <exception cref="ArgumentException">A path has no slash before it, or a key does not tell its path: nothing is evicted.</exception>
    public Task<bool> EvictAsync(IEnumerable<string> tags, IEnumerable<string> paths, IEnumerable<string> keys) => _evictor.EvictAsync(
        [.. tags, .. paths.Select(path => TagNames.OfPath(RoutePath.OfUri(Decoded(path)))), .. keys.Select(TagOf)]);

    /// <summary>The path in a key, escaped; null where the key does not tell it.</summary>
    internal static string? PathOf(string key)
    {
        // get:/path:arguments, or get:scheme://host/path:arguments. A colon in a path is escaped.
        if (!key.StartsWith("get:", StringComparison.Ordinal))
            return null;

        var rest = key[4..];
        var host = rest.IndexOf("://", StringComparison.Ordinal);
        if (host > 0 && rest.IndexOf('/', host + 3) is > 0 and var start)
            rest = rest[start..];

        // In the place of what is too long is a hash, and in the place of a value in a segment of several its name.
        var end = rest.IndexOfAny([':', '#']) is >= 0 and var at ? at : rest.Length;
        var path = rest[..end];
        return path.StartsWith('/') && !path.Contains('{', StringComparison.Ordinal) && (end == rest.Length || rest[end] != '#')
            ? path
            : null;
    }

    private static string Decoded(string path) => path.StartsWith('/')
        ? Uri.UnescapeDataString(path.Split('?', '#')[0])
        : throw new ArgumentException($"\"{path}\" is no path: it begins with a slash.");

    private string TagOf(string key) => PathOf(WithoutPrefix(key)) is { } path
        ? TagNames.OfPath(path)
        : throw new ArgumentException($"\"{key}\" does not tell its path. Evict its path, or one of its tags.");

    private string WithoutPrefix(string key) => key.StartsWith(_prefix, StringComparison.Ordinal) ? key[_prefix.Length..] : key;

    internal static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
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
