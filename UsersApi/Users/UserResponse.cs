namespace UsersApi.Users;

/// <summary>A user.</summary>
/// <param name="Id">A UUID v7: ids are in the order of creation.</param>
/// <param name="Email">Unique. Upper and lower case are the same.</param>
/// <param name="FullName">Null if it is not known.</param>
/// <param name="IsActive">Whether the user is active.</param>
/// <param name="IsSuperuser">Whether the user has every right.</param>
/// <param name="CreatedAt">The time of creation, in UTC.</param>
/// <param name="UpdatedAt">The time of the last update, or of the creation, in UTC.</param>
/// <param name="Version">1 for a new user. Every update raises it by one.</param>
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
