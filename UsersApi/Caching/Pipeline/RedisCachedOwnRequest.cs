namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Marks the context of a request that the cache sends through the application by itself, to renew a response, to warm up, to explain or
/// to compare: <c>HttpContext.Features.Get&lt;RedisCachedOwnRequest&gt;()</c>. Middleware that counts, limits or logs requests may leave
/// it out. No client can send it.
/// </summary>
public abstract class RedisCachedOwnRequest
{
    private protected RedisCachedOwnRequest()
    {
    }

    /// <summary>The mark; null for a client's request: Kestrel's features, of a type of their own, would be searched one by one.</summary>
    internal static RedisCachedOwnRequest? Of(HttpContext http) =>
        http.Features is FeatureCollection features ? features.Get<RedisCachedOwnRequest>() : null;
}

/// <summary>Marks a request that renews a response.</summary>
/// <param name="storedAfter">A response that was stored later, in milliseconds of the Unix epoch, needs not be renewed.</param>
/// <param name="flightKey">
/// What it was begun for: middleware may lead it to another action, or to another key. Null where it was begun for no answer.
/// </param>
/// <param name="flight">What this request has to land.</param>
internal sealed class RevalidationRequest(long storedAfter, string? flightKey = null, CacheFlight? flight = null) : RedisCachedOwnRequest
{
    public long StoredAfter => storedAfter;

    public string? FlightKey => flightKey;

    public CacheFlight? Flight => flight;
}

/// <summary>
/// Marks a request that is sent to learn what the cache or the action would do. It goes through the whole pipeline, is looked at where its
/// key is known, and looks nothing up, joins nobody and leaves nothing behind: what its action gives is told to the probe alone.
/// </summary>
/// <param name="look">
/// Told the policy, why the request bypasses, and else the request; returns whether the pipeline goes on to the action.
/// </param>
internal sealed class CacheProbe(Func<CachePolicy, CacheOutcome?, CachedRequest?, ValueTask<bool>> look) : RedisCachedOwnRequest
{
    /// <summary>Whether the action began.</summary>
    public bool HasRun { get; set; }

    /// <summary>What the action read that its key does not hold, where that is why its response can't be stored.</summary>
    public string? UndeclaredRead { get; set; }

    /// <summary>What would be stored; null where nothing could be.</summary>
    public CacheEntry? Entry { get; set; }

    public ValueTask<bool> LookAsync(CachePolicy policy, CacheOutcome? bypass, CachedRequest? request) => look(policy, bypass, request);
}
