namespace UsersApi.Caching;

/// <summary>Caches the responses of a GET action in Redis.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCachedAttribute : Attribute
{
    public int Seconds { get; set; }

    public CacheAudience Audience { get; set; }

    public string[] Tags { get; set; } = [];
}
