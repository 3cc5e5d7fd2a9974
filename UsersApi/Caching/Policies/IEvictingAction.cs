namespace UsersApi.Caching.Policies;

/// <summary>What an attribute says of the action that evicts.</summary>
internal interface IEvictingAction
{
    bool Enabled { get; }

    IReadOnlyList<string> Tags { get; }
}
