using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace UsersApi.Tests.Host;

/// <summary>Keeps all metrics and traces of the process, as text: of every test that runs at the same time too.</summary>
internal sealed class CollectedTelemetry : IDisposable
{
    private readonly ConcurrentQueue<string> _written = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public CollectedTelemetry()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<int>(Keep);
        _meters.SetMeasurementEventCallback<long>(Keep);
        _meters.SetMeasurementEventCallback<double>(Keep);
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>The names of instruments and activities, with all that is attached to them.</summary>
    public string Text
    {
        get
        {
            _meters.RecordObservableInstruments();
            return string.Join('\n', _written);
        }
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private static string Describe(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    private void Keep<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _written.Enqueue($"{instrument.Meter.Name} {instrument.Name} {Describe(tags.ToArray())}");

    private void Keep(Activity activity)
    {
        _written.Enqueue($"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription} {Describe(activity.TagObjects)} {Describe(activity.Baggage.Select(item => KeyValuePair.Create(item.Key, (object?)item.Value)))}");
        foreach (var happened in activity.Events)
        {
            _written.Enqueue($"{happened.Name} {Describe(happened.Tags)}");
        }
    }
}
