namespace UsersApi.Users;

/// <summary>Which rows a list asks for: those after an id, or after skipping some from the first.</summary>
public readonly record struct UserPageQuery(int Skip, int Limit, bool? IsActive, Guid? After);

/// <summary>One page, and its last user where others follow.</summary>
public sealed record UserPage(UserJson Users, Guid? Last);
