using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>Refuses what is not a cursor from a <c>Link</c> header of this API.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CursorAttribute : ValidationAttribute
{
    public CursorAttribute()
        : base("The field {0} must be a cursor from a Link header.")
    {
    }

    public override bool IsValid(object? value) =>
        value is not string cursor || UserCursor.TryDecode(cursor, out _) || SortedCursor.TryDecode(cursor, out _);
}
