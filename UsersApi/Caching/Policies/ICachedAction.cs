namespace UsersApi.Caching.Policies;

/// <summary>What an attribute says of the action that it caches.</summary>
internal interface ICachedAction
{
    bool Enabled { get; }

    bool DeclaredQueryOnly { get; }

    string[] Tags { get; }

    /// <summary>What it sets, and the defaults for the rest.</summary>
    CacheSettings Over(CacheSettings defaults);
}
