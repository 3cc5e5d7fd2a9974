namespace UsersApi.Caching.Capture;

/// <summary>What was judged of a response.</summary>
/// <param name="Outcome"><see cref="CacheOutcome.Stored"/>, or the reason why not.</param>
/// <param name="Seconds">How long it is fresh.</param>
/// <param name="MayBeStale">Whether it may be of use after that.</param>
internal readonly record struct Verdict(CacheOutcome Outcome, int Seconds, bool MayBeStale);

/// <summary>Whether a response may be stored, and for how long it is fresh (RFC 9111, sections 3 and 4.2.1).</summary>
internal static class Storability
{
    /// <summary>Looks at the answer alone, not at the way it came about.</summary>
    public static Verdict Judge(
        HttpResponse response, CachePolicy policy, ResponseCapture capture, int bodyLength, DateTimeOffset now)
    {
        var (feature, changes) = (capture.Feature, capture.Headers);
        var seconds = Math.Min(Math.Min(policy.Seconds, feature.MaxSeconds), SecondsOf(response.Headers, now));
        var outcome =
            !policy.StatusCodes.Contains(response.StatusCode) ? CacheOutcome.Status
            : changes.Removed || !capture.Response.IsReplayable ? CacheOutcome.NotReplayable
            : response.ContentLength is { } said && said != bodyLength ? CacheOutcome.NotReplayable
            : capture.Request.ReadUndeclaredQuery ? CacheOutcome.UndeclaredQuery
            : !feature.IsStorable ? CacheOutcome.NoStore
            : changes.Set.Any(header => Is(header, HeaderNames.SetCookie)) ? CacheOutcome.SetCookie
            : seconds <= 0 ? CacheOutcome.ActionCacheControl
            : IsShareable(changes, policy) ? CacheOutcome.Stored : CacheOutcome.Vary;
        return new Verdict(outcome, seconds, MayBeStale(response.Headers));
    }

    private static bool IsShareable(HeaderChanges changes, CachePolicy policy)
    {
        var names = changes.Set.Where(header => Is(header, HeaderNames.Vary))
            .SelectMany(header => HeaderNamesIn(header.Values)).ToList();
        return !names.Exists(name => name == "*" || CredentialHeaders.Contain(name)) && policy.Learn(names);
    }

    private static IEnumerable<string> HeaderNamesIn(StringValues values) => values
        .SelectMany(value => value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []);

    /// <summary>
    /// What the answer says of its own freshness: <c>s-maxage</c>, else <c>max-age</c>, else <c>Expires</c>; nothing said is no
    /// limit.
    /// </summary>
    private static int SecondsOf(IHeaderDictionary headers, DateTimeOffset now)
    {
        if (headers.CacheControl.Count > 0)
        {
            // What can't be read may well be a refusal.
            if (!CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var control)
                || control.NoStore || control.NoCache || control.Private)
            {
                return 0;
            }

            if ((control.SharedMaxAge ?? control.MaxAge) is { } age)
                return (int)Math.Min(age.TotalSeconds, int.MaxValue);
        }

        if (headers.Expires.Count == 0)
            return int.MaxValue;

        // An invalid date, as in "Expires: 0", lies in the past (section 5.3).
        var date = HeaderUtilities.TryParseDate(headers.Date.ToString(), out var said) ? said : now;
        return HeaderUtilities.TryParseDate(headers.Expires.ToString(), out var expires)
            ? (int)Math.Clamp((expires - date).TotalSeconds, 0, int.MaxValue)
            : 0;
    }

    // RFC 5861 yields to these (RFC 9111, section 4.2.4).
    private static bool MayBeStale(IHeaderDictionary headers) =>
        !CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var control)
        || !(control.MustRevalidate || control.ProxyRevalidate || control.SharedMaxAge is not null);

    private static bool Is(StoredHeader header, string name) => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase);
}
