namespace UsersApi.Caching.Policies;

/// <summary>What an attribute says of the action that it caches.</summary>
internal interface ICachedAction
{
    bool Enabled { get; }

    bool DeclaredQueryOnly { get; }

    string[] Tags { get; }

    CacheSettings Settings { get; }
}
