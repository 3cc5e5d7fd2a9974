namespace UsersApi.Caching;

/// <summary>Evicts tags when the action may have changed what they stand for.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisCacheEvictAttribute(params string[] tags) : Attribute
{
    public IReadOnlyList<string> Tags { get; } = tags;
}
