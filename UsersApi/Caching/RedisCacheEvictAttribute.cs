namespace UsersApi.Caching;

/// <summary>
/// Names what an unsafe action may change: before its response leaves, every response stored under one of these tags is
/// evicted, on all nodes. Its own URI is evicted too, where a cached action answers it.
/// </summary>
/// <param name="tags">As in <see cref="RedisCachedAttribute.Tags"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCacheEvictAttribute(params string[] tags) : Attribute, IEvictingAction
{
    /// <summary>The tags, with arguments of the action in braces.</summary>
    public IReadOnlyList<string> Tags { get; } = tags ?? [];

    /// <summary>False for an action that changes nothing that is cached, though its path is that of a cached one.</summary>
    public bool Enabled { get; set; } = true;
}
