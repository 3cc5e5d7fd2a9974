namespace UsersApi.Caching.Http;

/// <summary>Writes the <c>Cache-Status</c> header (RFC 9211).</summary>
internal static class CacheStatus
{
    public const string HeaderName = "Cache-Status";

    /// <summary>The request was answered from the cache, for so many seconds still fresh; below 0, stale (section 2.3).</summary>
    public static void SetHit(HttpContext http, string cache, CacheOutcome outcome, long ttlSeconds) => Append(http, string.Create(
        CultureInfo.InvariantCulture, $"{cache}; hit; ttl={ttlSeconds}{(outcome is CacheOutcome.Hit ? "" : DetailOf(outcome))}"));

    /// <summary>The request went on to the action.</summary>
    /// <param name="http">The request.</param>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="forward">The reason, a word of RFC 9211, section 2.2.</param>
    public static void SetForward(HttpContext http, string cache, CacheOutcome outcome, string forward) =>
        Append(http, $"{cache}; fwd={forward}{(outcome switch
        {
            CacheOutcome.Stored => "; stored",
            CacheOutcome.Collapsed => "; collapsed",
            _ => DetailOf(outcome),
        })}");

    /// <summary>The request went nowhere.</summary>
    public static void SetRefused(HttpContext http, string cache, CacheOutcome why) => Append(http, cache + DetailOf(why));

    private static string DetailOf(CacheOutcome outcome) => "; detail=" + CacheMetrics.ReasonOf(outcome);

    // A line of its own: the caches nearer to the origin come first (section 2).
    private static void Append(HttpContext http, string value) => http.Response.Headers.Append(HeaderName, value);
}
