namespace UsersApi.Users;

/// <summary>Which rows a list asks for, in which order: those after a cursor, or after skipping some from the first.</summary>
public readonly record struct UserPageQuery(
    int Skip, int Limit, bool? IsActive, string? Email, string? Sort, string? After, bool WithTotal)
{
    /// <summary>Whether <see cref="After"/> is absent, or a cursor of this sort.</summary>
    public bool HasOwnCursor => After is null
        || (Sort is null ? UserCursor.TryDecode(After, out _) : SortedCursor.TryDecode(After, out var position) && position.Sort == Sort);
}

/// <summary>
/// One page, the cursor of the next one where there is one, and how many users there are in all where that was asked for.
/// </summary>
public sealed record UserPage(UserJson Users, string? Next, long? Total);
