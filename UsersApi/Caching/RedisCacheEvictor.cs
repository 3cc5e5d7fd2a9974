namespace UsersApi.Caching;

internal sealed class RedisCacheEvictor(TagEvictor evictor) : IRedisCacheEvictor
{
    public Task<bool> EvictAsync(params IReadOnlyCollection<string> tags) =>
        tags.FirstOrDefault(tag => tag.Any(char.IsControl)) is null
            ? evictor.EvictAsync(tags)
            : throw new ArgumentException("A tag holds no control characters.", nameof(tags));
}
