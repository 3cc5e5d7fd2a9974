namespace UsersApi.Users;

/// <summary>What an update sets; null leaves a column as it is, but for the name, which can be set to null.</summary>
public sealed record UserChange(string? Email, bool SetFullName, string? FullName, bool? IsActive, bool? IsSuperuser)
{
    /// <summary>
    /// Whether the update may change <see cref="IsSuperuser"/>. Where it may not, it is refused rather than done in part.
    /// </summary>
    public bool MayChangeSuperuser { get; init; }

    /// <summary>A full replacement sets everything.</summary>
    public static UserChange From(UserRequest user) => new(user.Email, true, user.FullName, user.IsActive, user.IsSuperuser);

    public static UserChange From(UserPatch patch) =>
        new(patch.Email, patch.HasFullName, patch.FullName, patch.IsActive, patch.IsSuperuser);
}
