using System.Diagnostics.Metrics;
using System.Text.Json;

namespace UsersApi.Caching.Diagnostics;

/// <summary>Counts what becomes of requests, writes and evictions. What nobody listens to costs a look at a flag.</summary>
internal sealed class CacheMetrics
{
    public const string MeterName = "UsersApi.Caching";

    /// <summary>A wide span: a hit takes a tenth of a millisecond, an eviction that waits for a lease more than a second.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.1, 2.5, 5],
    };

    private static readonly InstrumentAdvice<long> Bytes = new()
    {
        HistogramBucketBoundaries = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
    };

    private static readonly InstrumentAdvice<int> Sharers =
        new() { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000] };

    // The words of Cache-Status, so that a header and a graph say the same.
    private static readonly string[] Reasons =
        [.. Enum.GetNames<CacheOutcome>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];

    private static readonly CacheOutcome[] Outcomes = Enum.GetValues<CacheOutcome>();

    private readonly ConcurrentDictionary<string, long[]> _routes = new();
    private readonly Histogram<long> _bodies;
    private readonly Histogram<int> _collapsed;
    private readonly Counter<long> _written;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _evictions;
    private readonly Histogram<double> _leaseWaits;

    public CacheMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        meter.CreateObservableCounter(
            "cache.requests", () => Requests.Select(Measured), "{request}", "Clients' requests, by outcome, reason and route.");
        _bodies = meter.CreateHistogram("cache.body.size", "By", "Bytes of the bodies of responses that were stored.", advice: Bytes);
        _collapsed = meter.CreateHistogram(
            "cache.collapse.size", "{request}", "Requests that shared one run of an action.", advice: Sharers);
        _written = meter.CreateCounter<long>("cache.written", "By", "Bytes of entries written to the store.");
        _failures = meter.CreateCounter<long>("cache.failures", "{operation}", "Reads, writes and evictions that failed.");
        _dropped = meter.CreateCounter<long>("cache.queue.dropped", "{entry}", "Responses that were dropped before they were written.");
        _evictions = meter.CreateHistogram(
            "cache.eviction.duration", "s", "From the call of an eviction to its acknowledgement.", advice: Seconds);
        _leaseWaits = meter.CreateHistogram(
            "cache.eviction.lease_wait", "s", "How long an eviction waited for the leases of other nodes.", advice: Seconds);
    }

    /// <summary>What became of clients' requests since the start, all that is not 0, under the templates of the routes.</summary>
    public IEnumerable<(string Route, CacheOutcome Outcome, long Count)> Requests =>
        from route in _routes
        from outcome in Outcomes
        let count = Volatile.Read(ref route.Value[(int)outcome])
        where count > 0
        select (route.Key, outcome, count);

    /// <summary>The word for an outcome.</summary>
    public static string ReasonOf(CacheOutcome outcome) => Reasons[(int)outcome];

    /// <summary>What a graph tells apart first.</summary>
    public static string GroupOf(CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Hit => "hit",
        CacheOutcome.StaleWhileRevalidate or CacheOutcome.StaleIfError => "stale",
        CacheOutcome.Overloaded => "refused",
        >= CacheOutcome.Credentials and <= CacheOutcome.Unreachable => "bypass",
        _ => "miss",
    };

    /// <summary>Counts nothing, so that what has not happened yet is 0 and not absent: a first event is an increase then.</summary>
    public void BeginAtZero()
    {
        QueueDropped(0);
        foreach (var operation in (string[])["read", "write", "evict"])
            Failed(operation, 0);
    }

    public void Request(HttpContext http, CacheOutcome outcome)
    {
        // A counter that is told of each request would look its words up each time.
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        Interlocked.Increment(ref _routes.GetOrAdd(route, static _ => new long[Outcomes.Length])[(int)outcome]);
        // How long hits and misses take is what the server measures (http.server.request.duration), with these two words.
        if (http.Features.Get<IHttpMetricsTagsFeature>() is not { } server)
            return;

        server.Tags.Add(GroupTag(outcome));
        server.Tags.Add(ReasonTag(outcome));
    }

    public void Stored(int bytes) => _bodies.Record(bytes);

    public void Collapsed(int requests) => _collapsed.Record(requests);

    public void Written(long bytes) => _written.Add(bytes);

    /// <summary>A read, a write or an eviction ("evict") did not get through.</summary>
    public void Failed(string operation, int times = 1) => _failures.Add(times, KeyValuePair.Create("operation", (object?)operation));

    public void QueueDropped(int entries) => _dropped.Add(entries);

    public void Evicted(TimeSpan took, bool isAcknowledged) =>
        _evictions.Record(took.TotalSeconds, KeyValuePair.Create("cache.acknowledged", (object?)isAcknowledged));

    public void AwaitedLeases(TimeSpan took) => _leaseWaits.Record(took.TotalSeconds);

    private static Measurement<long> Measured((string Route, CacheOutcome Outcome, long Count) one) =>
        new(one.Count, GroupTag(one.Outcome), ReasonTag(one.Outcome), new("http.route", one.Route));

    private static KeyValuePair<string, object?> GroupTag(CacheOutcome outcome) => new("cache.outcome", GroupOf(outcome));

    private static KeyValuePair<string, object?> ReasonTag(CacheOutcome outcome) => new("cache.reason", ReasonOf(outcome));
}
