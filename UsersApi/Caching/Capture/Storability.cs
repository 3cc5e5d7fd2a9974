namespace UsersApi.Caching.Capture;

/// <summary>What was judged of a response.</summary>
/// <param name="Outcome"><see cref="CacheOutcome.Stored"/>, or the reason why not.</param>
/// <param name="Freshness">How long it is fresh, and of use after that.</param>
/// <param name="Selecting">
/// The headers that select between the responses of its resource: those that are named in <c>Vary</c>, now or before, beyond those
/// that are in every key of its action.
/// </param>
/// <param name="Read">What the action has read that its key does not hold, where that is the reason.</param>
internal readonly record struct Verdict(CacheOutcome Outcome, Freshness Freshness, IReadOnlyList<string> Selecting, string? Read);

/// <summary>Whether a response may be stored, and for how long it is fresh (RFC 9111, section 3).</summary>
internal static class Storability
{
    private const int MaxSelecting = 8;

    /// <summary>Judges the answer, and what its action did: that the cache is off, say, is for <see cref="Miss"/> to judge.</summary>
    public static Verdict Judge(
        ResponseCapture capture, int bodyLength, IReadOnlyList<string> known, DateTimeOffset now)
    {
        var (response, policy, feature, changes) = (capture.Response, capture.Policy, capture.Feature, capture.Headers);
        var settings = policy.Settings;
        var said = Freshness.Of(response.Headers, now);
        var freshness = new Freshness(
            Math.Min(Math.Min(settings.Seconds, feature.MaxSeconds), said.Seconds), Math.Min(settings.StaleSeconds, said.StaleSeconds),
            Math.Min(settings.StaleIfErrorSeconds, said.StaleIfErrorSeconds), said.Age);
        var vary = VaryOf(changes);
        string[] selecting = [.. known.Union(vary.Where(name => !policy.HoldsHeader(name)), StringComparer.OrdinalIgnoreCase)];
        var read = capture.Request.FirstReadBeyond(vary);
        var outcome =
            !policy.StatusCodes.Contains(response.StatusCode) ? CacheOutcome.Status
            : changes.AreUnrepeatable || !capture.IsReplayable ? CacheOutcome.NotReplayable
            : response.ContentLength is { } length && length != bodyLength ? CacheOutcome.NotReplayable
            : read is { } undeclared ? undeclared.Kind
            : feature.MaxSeconds <= 0 ? CacheOutcome.NoStore
            : changes.Set.Any(header => Is(header, HeaderNames.SetCookie)) ? CacheOutcome.SetCookie
            : freshness.Seconds <= 0 ? CacheOutcome.ActionCacheControl
            : selecting.Length > MaxSelecting || Array.Exists(selecting, ForbidsSharing) ? CacheOutcome.Vary : CacheOutcome.Stored;
        return new Verdict(outcome, freshness, selecting, outcome == read?.Kind ? read?.Name : null);
    }

    private static string[] VaryOf(HeaderChanges changes) => [.. changes.Set.Where(header => Is(header, HeaderNames.Vary))
        .SelectMany(header => header.Values)
        .SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Distinct(StringComparer.OrdinalIgnoreCase)];

    private static bool ForbidsSharing(string name) => name == "*" || CredentialHeaders.Contain(name);

    private static bool Is(StoredHeader header, string name) => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase);
}
