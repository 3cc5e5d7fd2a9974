namespace UsersApi.Users;

/// <summary>Which rows a list asks for: those after an id, or after skipping some from the first.</summary>
public readonly record struct UserPageQuery(int Skip, int Limit, bool? IsActive, Guid? After);

/// <summary>One page, and whether rows follow it.</summary>
public sealed record UserPage(IReadOnlyList<UserResponse> Users, bool HasMore);
