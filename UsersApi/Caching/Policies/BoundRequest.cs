namespace UsersApi.Caching.Policies;

/// <summary>What binding makes of a request to a cached action.</summary>
/// <param name="Draft">The part of the key that the arguments settle.</param>
/// <param name="Tags">The tags of the response, as they are kept.</param>
internal sealed record BoundRequest(KeyDraft Draft, IReadOnlyList<string> Tags);
