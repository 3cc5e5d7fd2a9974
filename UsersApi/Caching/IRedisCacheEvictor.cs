namespace UsersApi.Caching;

/// <summary>Evicts for code that writes outside of a request: inject it, and call it after the commit.</summary>
public interface IRedisCacheEvictor
{
    /// <summary>Evicts every response that was stored under one of these tags, on all nodes.</summary>
    /// <param name="tags">
    /// As attributes name them, with values in place of arguments: <c>users</c>, <c>user:5</c>; <c>all</c> is on every response.
    /// </param>
    /// <returns>
    /// True when no node serves any more what was stored before: usually within milliseconds, and within 1,050 ms after Redis
    /// replied. False where Redis could not be reached within <see cref="RedisCachedOptions.EvictionTimeout"/>: it is tried
    /// again in the background, until the process ends.
    /// </returns>
    /// <exception cref="ArgumentException">A tag holds control characters.</exception>
    Task<bool> EvictAsync(params IReadOnlyCollection<string> tags);
}
