using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Users;

/// <summary>
/// Row versions as strong ETags (<c>"1-3"</c>: the contract's revision and the row's version), and <c>If-Match</c> as the versions
/// that it allows (RFC 9110 section 13.1.1).
/// </summary>
internal static class RowVersions
{
    /// <summary>
    /// The revision of <see cref="UserResponse"/>. It is raised with every change of its members: the same row is another
    /// representation then, and copies of the former one must not be confirmed.
    /// </summary>
    public const int Contract = 1;

    private static readonly string Prefix = string.Create(CultureInfo.InvariantCulture, $"{Contract}-");

    public static string ToETag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{Prefix}{version}\"");

    /// <summary>Reads <c>If-Match</c>.</summary>
    /// <param name="ifMatch">The header's value; null or empty where it is absent.</param>
    /// <param name="allowed">Null: any version will do (no header, or <c>*</c>). Weak and foreign tags match none and are left out.</param>
    /// <returns>False where the value is not a list of entity tags.</returns>
    public static bool TryParse(string? ifMatch, out long[]? allowed)
    {
        allowed = null;
        if (string.IsNullOrEmpty(ifMatch))
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParseStrictList([ifMatch], out var tags))
        {
            return false;
        }

        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any)))
        {
            return tags.Count == 1;
        }

        allowed = [.. tags.Where(tag => !tag.IsWeak).Select(ToVersion).OfType<long>()];
        return true;
    }

    private static long? ToVersion(EntityTagHeaderValue tag)
    {
        var text = tag.Tag.AsSpan()[1..^1];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(text[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && tag.Tag == ToETag(version)
                ? version
                : null;
    }
}
