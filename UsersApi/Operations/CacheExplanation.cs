namespace UsersApi.Caching.Operations;

/// <summary>What the cache would do with a request, and why.</summary>
/// <param name="Verdict"><c>hit</c>, <c>stale</c>, <c>miss</c>, <c>bypass</c> or <c>not-cached</c>.</param>
/// <param name="Reason">
/// A word of <c>Cache-Status</c>; beside those <c>absent</c>, <c>evicted</c>, <c>expired</c>, <c>no-route</c> and <c>no-attribute</c>.
/// </param>
/// <param name="Action">The action that answers; null where none of MVC's does.</param>
/// <param name="Key">The key in Redis, without its prefix; null where there is none.</param>
/// <param name="Tags">What evicts it.</param>
/// <param name="Steps">How the verdict came about, one sentence each.</param>
public sealed record CacheExplanation(
    string Verdict, string Reason, string? Action, string? Key, IReadOnlyList<TagState> Tags, IReadOnlyList<string> Steps);

/// <summary>A tag of a request, as it is kept: one with a value is folded into a bucket.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version now; null where it could not be read.</param>
/// <param name="StoredVersion">The version under which a response is stored; null where none is.</param>
public sealed record TagState(string Name, string? Version, string? StoredVersion);
