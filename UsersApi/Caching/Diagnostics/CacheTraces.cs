using System.Diagnostics;

namespace UsersApi.Caching.Diagnostics;

/// <summary>
/// The spans of the cache. What goes on behind a request has a trace of its own, with a link to the request that began it. No span
/// names a key, a tag or a user.
/// </summary>
internal static class CacheTraces
{
    private static readonly ActivitySource Source = new(CacheMetrics.MeterName);

    /// <summary>The request under way; default where it is not traced.</summary>
    public static ActivityContext Here => Activity.Current?.Context ?? default;

    public static Activity? Lookup() => Source.StartActivity("cache lookup");

    public static Activity? Action() => Source.StartActivity("cache action");

    public static Activity? Delivery() => Source.StartActivity("cache delivery");

    public static Activity? Evict() => Source.StartActivity("cache eviction");

    /// <summary>One command for all evictions that came meanwhile.</summary>
    public static Activity? EvictionCommand(IEnumerable<ActivityContext> causes) => Linked("cache eviction command", causes);

    public static Activity? Write(ActivityContext cause) => Linked("cache write", [cause]);

    public static Activity? Revalidation(ActivityContext cause) => Linked("cache revalidation", [cause]);

    public static Activity? Warming() => Source.StartActivity("cache warming");

    public static void Note(this Activity? span, CacheOutcome outcome) => span?.SetTag("cache.reason", CacheMetrics.ReasonOf(outcome));

    private static Activity? Linked(string name, IEnumerable<ActivityContext> causes)
    {
        if (!Source.HasListeners())
            return null;

        var links = causes.Where(cause => cause != default).Select(cause => new ActivityLink(cause));
        return Source.StartActivity(name, ActivityKind.Internal, parentContext: default, links: links);
    }
}
