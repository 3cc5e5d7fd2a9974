using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>Refuses what is not a cursor from a <c>Link</c> header of this API.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CursorAttribute : ValidationAttribute
{
    public CursorAttribute()
        : base("The field {0} must be a cursor as it came in a Link header.")
    {
    }

    public override bool IsValid(object? value) => value is null || UserCursor.TryDecode(value as string, out _);
}
