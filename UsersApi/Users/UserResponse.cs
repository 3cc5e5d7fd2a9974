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
/// <example>
/// {"id":"0125e72e-ab51-7daf-a706-dd2f4d197e6f","email":"ravi1.jones@example.org","fullName":"Ravi Jones","isActive":true,
/// "isSuperuser":false,"createdAt":"2010-01-01T00:00:13.137Z","updatedAt":"2010-01-01T00:00:13.137Z","version":1}
/// </example>
public sealed record UserResponse(
    Guid Id,
    string Email,
    string? FullName,
    bool IsActive,
    bool IsSuperuser,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    long Version);
