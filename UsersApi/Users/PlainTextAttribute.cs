using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>
/// Refuses control characters, of which Postgres cannot store NUL, and halves of surrogate pairs, which UTF-8 cannot carry.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class PlainTextAttribute : ValidationAttribute
{
    public PlainTextAttribute()
        : base("The field {0} must not contain control characters or unpaired surrogates.")
    {
    }

    public override bool IsValid(object? value) => value is not string text || IsPlain(text);

    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return false;
            }
        }

        return HasOnlyPairs(text);
    }

    private static bool HasOnlyPairs(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }
}
