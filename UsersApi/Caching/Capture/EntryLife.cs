namespace UsersApi.Caching.Capture;

/// <summary>How long an entry lives.</summary>
internal static class EntryLife
{
    /// <summary>The entry with its times, of which it loses some at random, so that those stored together do not die together.</summary>
    public static CacheEntry Begin(CacheEntry entry, Verdict verdict, CachePolicy policy, int jitterPercent, DateTimeOffset now)
    {
        var (stored, life) = (now.ToUnixTimeMilliseconds(), verdict.Seconds * 1_000L);
        var freshUntil = stored + life - (life * jitterPercent * RandomNumberGenerator.GetInt32(1_001) / 100_000);
        var staleSeconds = verdict.MayBeStale ? Math.Max(policy.StaleSeconds, policy.StaleIfErrorSeconds) : 0;
        return entry with { Stored = stored, FreshUntil = freshUntil, KeepUntil = freshUntil + (staleSeconds * 1_000L) };
    }
}
