using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using UsersApi.Hosting;

namespace UsersApi.Users;

/// <summary>
/// A JSON merge patch (RFC 7396) of a user: absent members stay as they are, null removes. Only the full name can be removed.
/// A member that a patch cannot change is an error, since to ignore it would look like success.
/// </summary>
/// <remarks>
/// The framework's <c>JsonPatchDocument</c> is another format, RFC 6902. A library that merges documents would read the user,
/// merge and write all of it back, where these members become one UPDATE of the columns that were named.
/// </remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed class UserPatch : IValidatableObject
{
    // Setters run for the members that are present: that is how null is told from absent.
    private bool _hasEmail;
    private bool _hasIsActive;
    private bool _hasIsSuperuser;

    /// <summary>At most 254 ASCII characters. Unique among users: upper and lower case are the same.</summary>
    /// <example>ada@example.com</example>
    [StringLength(UserLimits.EmailLength)]
    [Email]
    [NeverNull]
    public string? Email
    {
        get;
        set => (field, _hasEmail) = (value, true);
    }

    /// <summary>1 to 200 characters without control characters. Null removes it.</summary>
    /// <example>Ada King</example>
    [TextLength(UserLimits.NameLength, MinimumLength = 1)]
    [PlainText]
    public string? FullName
    {
        get;
        set => (field, HasFullName) = (value, true);
    }

    /// <summary>Whether the user is active.</summary>
    /// <example>false</example>
    [NeverNull]
    public bool? IsActive
    {
        get;
        set => (field, _hasIsActive) = (value, true);
    }

    /// <summary>Whether the user has every right. To change it, the token needs the scope `users:admin` too.</summary>
    /// <example>false</example>
    [NeverNull]
    public bool? IsSuperuser
    {
        get;
        set => (field, _hasIsSuperuser) = (value, true);
    }

    internal bool HasFullName { get; private set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (_hasEmail && string.IsNullOrEmpty(Email))
        {
            yield return new ValidationResult("The email cannot be removed.", ["email"]);
        }

        if (_hasIsActive && IsActive is null)
        {
            yield return new ValidationResult("isActive cannot be removed: it is true or false.", ["isActive"]);
        }

        if (_hasIsSuperuser && IsSuperuser is null)
        {
            yield return new ValidationResult("isSuperuser cannot be removed: it is true or false.", ["isSuperuser"]);
        }
    }
}
