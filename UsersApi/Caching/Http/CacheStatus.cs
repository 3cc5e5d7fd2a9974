namespace UsersApi.Caching.Http;

/// <summary>Writes the <c>Cache-Status</c> header (RFC 9211).</summary>
internal static class CacheStatus
{
    public const string HeaderName = "Cache-Status";

    /// <summary>Answered from the cache, for so many seconds still fresh; below 0, stale (section 2.3).</summary>
    public static string Hit(long ttlSeconds) => string.Create(CultureInfo.InvariantCulture, $"; hit; ttl={ttlSeconds}");

    /// <summary>Went on to the action, for this reason, a word of section 2.2.</summary>
    public static string Forward(string reason) => "; fwd=" + reason;

    /// <summary>Says of a request what way it went, and what became of it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="way"><see cref="Hit"/>, <see cref="Forward"/>, or empty where it was refused.</param>
    /// <param name="outcome">What became of it.</param>
    public static void Add(HttpContext http, string cache, string way, CacheOutcome outcome) =>
        // A line of its own: the caches nearer to the origin come first (section 2).
        http.Response.Headers.Append(HeaderName, cache + way + outcome switch
        {
            CacheOutcome.Hit => "",
            CacheOutcome.Stored => "; stored",
            CacheOutcome.Collapsed => "; collapsed",
            _ => "; detail=" + CacheMetrics.ReasonOf(outcome),
        });
}
