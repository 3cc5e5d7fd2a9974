namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Marks a request that is sent to learn what the cache or the action would do. It goes through the whole pipeline, is looked at where its
/// key is known, and nothing of it is stored.
/// </summary>
/// <param name="look">
/// Told the policy, why the request bypasses, and else the request; returns whether the pipeline goes on to the action.
/// </param>
internal sealed class CacheProbe(Func<CachePolicy, CacheOutcome?, CachedRequest?, ValueTask<bool>> look)
{
    /// <summary>Whether the action runs whatever is stored.</summary>
    public bool SkipsLookup { get; init; }

    /// <summary>What the action read that its key does not hold, where that is why its response can't be stored.</summary>
    public string? UndeclaredRead { get; set; }

    public ValueTask<bool> LookAsync(CachePolicy policy, CacheOutcome? bypass, CachedRequest? request) => look(policy, bypass, request);

    public static bool IsOne(HttpContext http) => CachedRequest.IsOwn(http) && http.Features.Get<CacheProbe>() is not null;
}
