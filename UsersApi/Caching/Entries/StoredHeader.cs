namespace UsersApi.Caching.Entries;

/// <summary>A header of a stored response.</summary>
/// <param name="Name">Its name, as the action wrote it.</param>
/// <param name="Values">Its values, in order.</param>
/// <param name="IsAdded">Whether the action added it to what others had set, as it may with <c>Vary</c>.</param>
internal sealed record StoredHeader(string Name, string[] Values, bool IsAdded);
