namespace UsersApi.Caching.Versions;

/// <summary>Evicts tags as attributes and applications name them.</summary>
internal sealed class TagEvictor(ITagVersions versions, IOptions<RedisCachedOptions> options)
{
    public Task<bool> EvictAsync(IEnumerable<string> tags) =>
        versions.EvictAsync([.. tags.Select(tag => TagNames.Fold(tag, options.Value.TagBuckets)).Distinct(StringComparer.Ordinal)]);
}
