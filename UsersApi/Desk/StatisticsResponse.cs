using UsersApi.Caching.Operations;

namespace UsersApi.Desk;

/// <summary>What the cache of this node did since it started.</summary>
/// <param name="Enabled">Whether it is on.</param>
/// <param name="Routes">Requests to cached actions, by route.</param>
/// <param name="InMemory">Responses in this process's memory.</param>
/// <param name="Stored">What a look through Redis counted; null where none was asked for.</param>
public sealed record StatisticsResponse(bool Enabled, IReadOnlyList<RouteStatistics> Routes, EntryCount InMemory, StoredStatistics? Stored);
