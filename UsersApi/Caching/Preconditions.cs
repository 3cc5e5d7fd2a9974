using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Caching;

/// <summary>A request's preconditions, against the representation that is about to leave (RFC 9110, section 13).</summary>
internal static class Preconditions
{
    /// <summary>200, 304 or 412, in the order of section 13.2.2.</summary>
    public static int Evaluate(HttpRequest request, string etag, string? lastModified)
    {
        var headers = request.Headers;
        DateTimeOffset? modified = HeaderUtilities.TryParseDate(lastModified, out var date) ? date : null;
        if (headers.IfMatch.Count > 0)
        {
            if (!Matches(headers.IfMatch, etag, weakly: false))
            {
                return StatusCodes.Status412PreconditionFailed;
            }
        }
        else if (modified is not null && HeaderUtilities.TryParseDate(headers.IfUnmodifiedSince.ToString(), out var unmodifiedSince)
            && modified > unmodifiedSince)
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        var isCurrent = headers.IfNoneMatch.Count > 0
            ? Matches(headers.IfNoneMatch, etag, weakly: true)
            : modified is not null && HeaderUtilities.TryParseDate(headers.IfModifiedSince.ToString(), out var modifiedSince) && modified <= modifiedSince;
        return isCurrent ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
    }

    /// <summary>Whether a range may be answered: without <c>If-Range</c> always, else if it names this very representation.</summary>
    public static bool AllowRange(HttpRequest request, string etag, string? lastModified)
    {
        var condition = request.Headers.IfRange.ToString();
        return condition.Length == 0
            || (etag.Length > 0 && !IsWeak(etag) && condition == etag)
            || (HeaderUtilities.TryParseDate(condition, out var since) && HeaderUtilities.TryParseDate(lastModified, out var modified) && modified == since);
    }

    private static bool Matches(StringValues list, string etag, bool weakly)
    {
        foreach (var value in list)
        {
            if (value.AsSpan().Trim() is "*")
            {
                return true;
            }

            if (etag.Length > 0 && (weakly || !IsWeak(etag)) && Contains(value, etag, weakly))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Looks through a list of tags by hand, since a tag may hold commas and any byte but a quote: what does not parse ends
    /// the search, and matches nothing.
    /// </summary>
    private static bool Contains(ReadOnlySpan<char> list, string etag, bool weakly)
    {
        var opaque = Opaque(etag);
        while (true)
        {
            list = list.TrimStart(" \t,");
            var isWeak = list.StartsWith("W/");
            list = isWeak ? list[2..] : list;
            if (list is not ['"', .. var rest] || rest.IndexOf('"') is not (>= 0 and var end))
            {
                return false;
            }

            if ((weakly || !isWeak) && rest[..end].SequenceEqual(opaque))
            {
                return true;
            }

            list = rest[(end + 1)..];
        }
    }

    private static ReadOnlySpan<char> Opaque(string etag) => etag.AsSpan(IsWeak(etag) ? 2 : 0).Trim('"');

    private static bool IsWeak(string etag) => etag.StartsWith("W/", StringComparison.Ordinal);
}
