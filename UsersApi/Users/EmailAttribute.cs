using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>Refuses what is no address. A text that is too long for one is left to the check of its length.</summary>
/// <remarks>To match megabytes would take seconds, and the framework gives up after two, with an exception.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EmailAttribute : RegularExpressionAttribute
{
    public EmailAttribute()
        : base(EmailSyntax.Pattern) => ErrorMessage = EmailSyntax.Message;

    public override bool IsValid(object? value) => value is string { Length: > UserLimits.EmailLength } || base.IsValid(value);
}
