namespace UsersApi.Caching.Http;

/// <summary>A request's preconditions, against the representation that is about to leave (RFC 9110, section 13).</summary>
internal static class Preconditions
{
    /// <summary>200, 304 or 412, in the order of section 13.2.2.</summary>
    public static int Evaluate(IHeaderDictionary headers, string etag, string? lastModified)
    {
        DateTimeOffset? modified = HeaderUtilities.TryParseDate(lastModified, out var date) ? date : null;
        var isExpected = headers.IfMatch.Count > 0
            ? Matches(headers.IfMatch, etag, strongly: true)
            : modified is null || !HeaderUtilities.TryParseDate(headers.IfUnmodifiedSince.ToString(), out var unmodifiedSince)
                || modified <= unmodifiedSince;
        if (!isExpected)
            return StatusCodes.Status412PreconditionFailed;

        var isCurrent = headers.IfNoneMatch.Count > 0
            ? Matches(headers.IfNoneMatch, etag, strongly: false)
            : modified is not null && HeaderUtilities.TryParseDate(headers.IfModifiedSince.ToString(), out var modifiedSince)
                && modified <= modifiedSince;
        return isCurrent ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
    }

    /// <summary>Whether a range may be answered: without <c>If-Range</c> always, else if it names this very representation.</summary>
    public static bool AllowRange(IHeaderDictionary headers, string etag, string? lastModified) =>
        !RangeConditionHeaderValue.TryParse(headers.IfRange.ToString(), out var condition)
            ? headers.IfRange.Count == 0
            : condition.EntityTag is { } tag
                ? EntityTagHeaderValue.TryParse(etag, out var own) && tag.Compare(own, useStrongComparison: true)
                : HeaderUtilities.TryParseDate(lastModified, out var modified) && modified == condition.LastModified;

    // What does not parse matches nothing.
    private static bool Matches(StringValues list, string etag, bool strongly) =>
        EntityTagHeaderValue.TryParseList(list, out var tags) && (tags.Contains(EntityTagHeaderValue.Any)
            || (EntityTagHeaderValue.TryParse(etag, out var own) && tags.Any(tag => tag.Compare(own, strongly))));
}
