using Microsoft.Net.Http.Headers;

namespace UsersApi.Users;

/// <summary>
/// What <c>If-Match</c> and <c>If-None-Match</c> ask of the row that is to be written (RFC 9110, section 13.2.2: both must hold).
/// </summary>
/// <param name="Allowed">The versions that may be overwritten; null for any, empty for none.</param>
/// <param name="Refused">The versions that may not be overwritten; null where none is refused.</param>
public readonly record struct WriteConditions(long[]? Allowed, long[]? Refused)
{
    /// <summary>Reads both headers.</summary>
    /// <param name="ifMatch">Null where the header is absent. An empty one is a mistake: to ignore it would be to overwrite.</param>
    /// <param name="ifNoneMatch">The same of the other header.</param>
    /// <param name="malformed">The header that is not a list of entity tags.</param>
    /// <returns>Null where one of them is malformed.</returns>
    public static WriteConditions? Read(string? ifMatch, string? ifNoneMatch, out string malformed)
    {
        malformed = HeaderNames.IfMatch;
        if (TagsIn(ifMatch) is null || !RowVersions.TryParse(ifMatch, out var allowed))
        {
            return null;
        }

        if (ifNoneMatch is null)
        {
            return new WriteConditions(allowed, null);
        }

        malformed = HeaderNames.IfNoneMatch;
        if (TagsIn(ifNoneMatch) is not { } none)
        {
            return null;
        }

        // RFC 9110, section 13.1.2: tags are compared weakly here, so what is left of W/"3" is "3".
        var strong = string.Join(", ", none.Select(tag => tag.Tag));
        if (!RowVersions.TryParse(strong, out var refused))
        {
            return null;
        }

        // Whatever is there is refused by a star, and then no version is allowed.
        return none.Contains(EntityTagHeaderValue.Any) ? new WriteConditions([], null) : new WriteConditions(allowed, refused);
    }

    // Null: the header is there, and has no tags.
    private static IList<EntityTagHeaderValue>? TagsIn(string? header) => header switch
    {
        null => [],
        _ => EntityTagHeaderValue.TryParseStrictList([header], out var tags) && tags.Count > 0 ? tags : null,
    };
}
