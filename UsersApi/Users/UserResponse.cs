namespace UsersApi.Users;

/// <summary>A user.</summary>
/// <param name="Id">UUID v7: ordering by id is ordering by creation.</param>
/// <param name="Email">Unique, whatever its case.</param>
/// <param name="FullName">Null where it is not known.</param>
/// <param name="IsActive">Whether the user may be used.</param>
/// <param name="IsSuperuser">Whether the user may do everything.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC; the last accepted update, or the creation.</param>
/// <param name="Version">1, and one more with every update. The ETag for If-Match holds it.</param>
public sealed record UserResponse(
    Guid Id,
    string Email,
    string? FullName,
    bool IsActive,
    bool IsSuperuser,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    long Version);
