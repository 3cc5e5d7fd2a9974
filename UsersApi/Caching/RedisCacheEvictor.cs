using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>Evicts for code that writes outside of a request.</summary>
public sealed class RedisCacheEvictor
{
    private readonly ITagVersions _versions;
    private readonly NearCache _near;
    private readonly int _buckets;

    internal RedisCacheEvictor(ITagVersions versions, NearCache near, IOptions<RedisCachedOptions> options)
    {
        (_versions, _near) = (versions, near);
        _buckets = options.Value.TagBuckets;
    }

    /// <summary>Evicts every response that was stored under one of these tags, on all nodes. Call it after the commit.</summary>
    /// <param name="tags">As attributes name them, with values in place of arguments: <c>users</c>, <c>user:5</c>; <c>all</c> is on every response.</param>
    /// <returns>False where Redis could not be reached: it is tried again in the background, until the process ends.</returns>
    public async ValueTask<bool> EvictAsync(params IReadOnlyCollection<string> tags)
    {
        var evicted = await _versions.EvictAsync([.. tags.Select(tag => TagNames.Fold(tag, _buckets)).Distinct(StringComparer.Ordinal)]);
        // This node's own writes are seen on it at once, LocalSeconds or not.
        _near.DistrustAll();
        return evicted;
    }
}
