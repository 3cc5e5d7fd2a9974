namespace UsersApi.Caching.Policies;

/// <summary>What binding makes of a request to a cached action.</summary>
/// <param name="Draft">The part of the key that the arguments settle.</param>
/// <param name="Tags">The tags of the response, as they are kept.</param>
/// <param name="Groups">The value of <c>Cache-Groups</c>; null where responses do not say it.</param>
internal sealed record BoundRequest(KeyDraft Draft, IReadOnlyList<string> Tags, string? Groups);
