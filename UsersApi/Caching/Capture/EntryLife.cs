namespace UsersApi.Caching.Capture;

/// <summary>How long an entry lives.</summary>
internal static class EntryLife
{
    /// <summary>The entry with its times, of which it loses some at random, so that those stored together do not die together.</summary>
    public static CacheEntry Begin(CacheEntry entry, Freshness freshness, int jitterPercent, DateTimeOffset now)
    {
        var (stored, life) = (now.ToUnixTimeMilliseconds(), freshness.Seconds * 1_000L);
        return entry with
        {
            Stored = stored,
            Age = freshness.Age,
            FreshUntil = stored + life - (life * jitterPercent * RandomNumberGenerator.GetInt32(1_001) / 100_000),
            StaleSeconds = freshness.StaleSeconds,
            StaleIfErrorSeconds = freshness.StaleIfErrorSeconds,
        };
    }
}
