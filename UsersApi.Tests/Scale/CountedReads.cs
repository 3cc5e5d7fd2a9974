using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using UsersApi.Data;

namespace UsersApi.Tests.Scale;

/// <summary>Counts the reads of one application by what answered them.</summary>
internal sealed class CountedReads : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _reads = new();
    private readonly MeterListener _listener = new();

    private CountedReads(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ReadMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var by = string.Join(' ', tags.ToArray().Select(tag => tag.Value));
            _reads.AddOrUpdate(by, count, (_, before) => before + count);
        });
        _listener.Start();
    }

    public static CountedReads In(IServiceProvider services) => new(services);

    public long Total => _reads.Values.Sum();

    public long ByReplica => this["replica current"];

    /// <param name="by">The role and the reason, with a space between them.</param>
    public long this[string by] => _reads.GetValueOrDefault(by);

    public override string ToString() => string.Join(", ", _reads.OrderBy(read => read.Key).Select(read => $"{read.Key}: {read.Value}"));

    public void Dispose() => _listener.Dispose();
}
