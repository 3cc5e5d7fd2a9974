using System.Diagnostics.Metrics;

namespace UsersApi.Caching.Diagnostics;

/// <summary>Counts what becomes of requests and writes.</summary>
internal sealed class CacheMetrics
{
    public const string MeterName = "UsersApi.Caching";

    // Boxed once, not with every hit.
    private static readonly object?[] Outcomes = [.. Enum.GetValues<CacheOutcome>()];

    private readonly Counter<long> _requests;
    private readonly Counter<long> _written;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _dropped;

    public CacheMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _requests = meter.CreateCounter<long>("cache.requests", "{request}", "Requests to cached actions, by outcome.");
        _written = meter.CreateCounter<long>("cache.written", "By", "Bytes of entries written to the store.");
        _failures = meter.CreateCounter<long>("cache.failures", "{operation}", "Reads, writes and evictions that failed.");
        _dropped = meter.CreateCounter<long>("cache.queue.dropped", "{entry}", "Responses that were dropped before they were written.");
    }

    public void Request(CacheOutcome outcome) => _requests.Add(1, KeyValuePair.Create("outcome", Outcomes[(int)outcome]));

    public void Written(long bytes) => _written.Add(bytes);

    public void ReadFailed() => _failures.Add(1, KeyValuePair.Create("operation", (object?)"read"));

    public void WriteFailed() => _failures.Add(1, KeyValuePair.Create("operation", (object?)"write"));

    public void EvictionFailed() => _failures.Add(1, KeyValuePair.Create("operation", (object?)"evict"));

    public void QueueDropped(int entries) => _dropped.Add(entries);
}
