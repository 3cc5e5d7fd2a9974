using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>Refuses a list with a null in it: validation does not look into what is not there.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class NoNullsAttribute : ValidationAttribute
{
    public NoNullsAttribute()
        : base("The list must not contain null.")
    {
    }

    public override bool IsValid(object? value) => value is not IEnumerable items || !items.Cast<object?>().Contains(null);
}
