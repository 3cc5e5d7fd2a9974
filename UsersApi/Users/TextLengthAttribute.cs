using System.ComponentModel.DataAnnotations;

namespace UsersApi.Users;

/// <summary>
/// Limits a text by its characters as JSON Schema and Postgres count them: the framework's attribute counts an emoji twice.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class TextLengthAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    public override bool IsValid(object? value) =>
        value is not string text || (CharactersOf(text) is var count && count >= MinimumLength && count <= MaximumLength);

    // A half of a surrogate pair counts as one: another rule refuses it.
    private static int CharactersOf(string text) => text.EnumerateRunes().Count();
}
