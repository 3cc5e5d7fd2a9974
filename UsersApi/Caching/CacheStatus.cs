using System.Globalization;

namespace UsersApi.Caching;

/// <summary>Writes the <c>Cache-Status</c> header (RFC 9211).</summary>
internal static class CacheStatus
{
    public const string HeaderName = "Cache-Status";

    public static void SetHit(HttpContext http, string cache, long ttlSeconds) =>
        Append(http, string.Create(CultureInfo.InvariantCulture, $"{cache}; hit; ttl={ttlSeconds}"));

    /// <summary>The request went on to the action.</summary>
    /// <param name="http">The request.</param>
    /// <param name="cache">The name of the cache.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="forward">The reason, a word of RFC 9211, section 2.2.</param>
    public static void SetForward(HttpContext http, string cache, CacheOutcome outcome, string forward) =>
        Append(http, $"{cache}; fwd={forward}{DetailOf(outcome)}");

    private static string DetailOf(CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Stored => "; stored",
        CacheOutcome.Credentials => "; detail=credentials",
        CacheOutcome.NoSubject => "; detail=no-subject",
        CacheOutcome.Disabled => "; detail=disabled",
        CacheOutcome.Unreachable => "; detail=unreachable",
        CacheOutcome.Head => "; detail=head",
        CacheOutcome.Status => "; detail=status",
        CacheOutcome.ActionControl => "; detail=action-cache-control",
        CacheOutcome.NoStore => "; detail=no-store",
        CacheOutcome.RequestNoStore => "; detail=request-no-store",
        CacheOutcome.SetCookie => "; detail=set-cookie",
        CacheOutcome.Vary => "; detail=vary",
        CacheOutcome.UndeclaredQuery => "; detail=undeclared-query",
        CacheOutcome.TooLarge => "; detail=too-large",
        CacheOutcome.NotReplayable => "; detail=not-replayable",
        CacheOutcome.Aborted => "; detail=aborted",
        _ => "",
    };

    // Appended as a line of its own: the caches nearer to the origin come first (section 2).
    private static void Append(HttpContext http, string value) => http.Response.Headers.Append(HeaderName, value);
}
