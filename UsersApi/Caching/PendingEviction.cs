using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Caching;

/// <summary>
/// The eviction that an unsafe request owes. It runs once: when the response starts, when the action throws, or, if neither
/// happened, when the request ends.
/// </summary>
internal sealed class PendingEviction(HttpContext http, ITagVersions versions, IReadOnlyList<string> tags, int buckets) : IAsyncDisposable
{
    private int _hasRun;

    public Task RunAsync() => RunAsync(isOutcomeKnown: true);

    public async Task RunAsync(bool isOutcomeKnown)
    {
        // A 4xx says that nothing was changed; a 5xx does not.
        if ((isOutcomeKnown && http.Response.StatusCode is >= 400 and < 500) || Interlocked.Exchange(ref _hasRun, 1) == 1)
            return;

        var request = http.Request;
        string[] all =
        [
            .. tags,
            TagNames.OfPath(RoutePath.OfUri(request.PathBase + request.Path)),
            .. SameOrigin(http.Response.Headers.Location),
            .. SameOrigin(http.Response.Headers[HeaderNames.ContentLocation]),
        ];
        await versions.EvictAsync([.. all.Select(tag => TagNames.Fold(tag, buckets)).Distinct(StringComparer.Ordinal)]);
    }

    // The client went away before the response started: whether the action committed is not known.
    public async ValueTask DisposeAsync() => await RunAsync(isOutcomeKnown: http.Response.HasStarted);

    private IEnumerable<string> SameOrigin(StringValues location)
    {
        var request = http.Request;
        if (location.ToString() is { Length: > 0 } text && Uri.TryCreate($"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}", UriKind.Absolute, out var own)
            && Uri.TryCreate(own, text, out var target) && Uri.Compare(own, target, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            yield return TagNames.OfPath(RoutePath.OfUri(Uri.UnescapeDataString(target.AbsolutePath)));
        }
    }
}
