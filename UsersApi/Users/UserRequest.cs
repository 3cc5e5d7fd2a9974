using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>A user as a client writes it. Other members, such as those of a user that was read before, are ignored.</summary>
public sealed class UserRequest
{
    /// <summary>At most 254 ASCII characters. Unique among users: upper and lower case are the same.</summary>
    /// <example>ada.lovelace@example.com</example>
    [Required]
    [StringLength(UserLimits.EmailLength)]
    [Email]
    public string Email { get; set; } = "";

    /// <summary>1 to 200 characters without control characters. Null if it is not known.</summary>
    /// <example>Ada Lovelace</example>
    [TextLength(UserLimits.NameLength, MinimumLength = 1)]
    [PlainText]
    public string? FullName { get; set; }

    /// <summary>Whether the user is active.</summary>
    /// <example>true</example>
    [DefaultValue(true)]
    public bool IsActive { get; set; } = true;

    /// <summary>Whether the user has every right. To set it, the token needs the scope `users:admin` too.</summary>
    /// <example>false</example>
    [DefaultValue(false)]
    public bool IsSuperuser { get; set; }
}
