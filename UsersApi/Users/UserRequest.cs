using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>A user as a client writes it. Other members, such as those of a user that was read before, are ignored.</summary>
public sealed class UserRequest
{
    /// <summary>An ASCII address of at most 254 characters; unique among users, whatever its case.</summary>
    /// <example>ada.lovelace@example.com</example>
    [Required]
    [StringLength(UserLimits.EmailLength)]
    [RegularExpression(EmailSyntax.Pattern, ErrorMessage = EmailSyntax.Message)]
    public string Email { get; set; } = "";

    /// <summary>1 to 200 characters without control characters, or null.</summary>
    /// <example>Ada Lovelace</example>
    [TextLength(UserLimits.NameLength, MinimumLength = 1)]
    [PlainText]
    public string? FullName { get; set; }

    /// <example>true</example>
    [DefaultValue(true)]
    public bool IsActive { get; set; } = true;

    /// <example>false</example>
    [DefaultValue(false)]
    public bool IsSuperuser { get; set; }
}
