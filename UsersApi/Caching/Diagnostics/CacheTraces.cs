using System.Diagnostics;

namespace UsersApi.Caching.Diagnostics;

/// <summary>
/// The spans of the cache. What goes on in the background has a trace of its own, with a link to the request that began it. No span
/// names a key, a tag or a user.
/// </summary>
internal static class CacheTraces
{
    private static readonly ActivitySource Source = new(CacheMetrics.MeterName);

    /// <summary>The request under way; default where it is not traced.</summary>
    public static ActivityContext Here => Activity.Current?.Context ?? default;

    /// <summary>A part of the request under way.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);

    public static void Note(this Activity? span, CacheOutcome outcome) => span?.SetTag("cache.reason", CacheMetrics.ReasonOf(outcome));

    /// <summary>What requests began, and goes on in the background.</summary>
    public static Activity? Linked(string name, IEnumerable<ActivityContext> causes)
    {
        if (!Source.HasListeners())
            return null;

        var links = causes.Where(cause => cause != default).Select(cause => new ActivityLink(cause));
        return Source.StartActivity(name, ActivityKind.Internal, parentContext: default, links: links);
    }
}
