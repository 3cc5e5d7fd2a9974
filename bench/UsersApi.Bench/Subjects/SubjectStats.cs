using System.Diagnostics.Metrics;
using System.Runtime;

namespace UsersApi.Bench.Subjects;

/// <summary>What a subject has used since it started.</summary>
/// <param name="CpuSeconds">Of its process.</param>
/// <param name="AllocatedBytes">On the managed heap.</param>
/// <param name="Queries">Commands sent to Postgres.</param>
/// <param name="CompiledMethods">Once for each time that a method was compiled.</param>
internal sealed record Usage(double CpuSeconds, long AllocatedBytes, long Queries, long CompiledMethods);

/// <summary>Tells the driver what this process has used, and how many commands it has sent to Postgres.</summary>
internal sealed class SubjectStats : IDisposable
{
    public const string Path = "/bench/stats";

    private readonly MeterListener _listener = new();
    private long _queries;

    public SubjectStats()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Npgsql", Name: "db.client.operation.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _queries));
        _listener.Start();
    }

    public static Task WriteAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(context.RequestServices.GetRequiredService<SubjectStats>().Read());

    public void Dispose() => _listener.Dispose();

    // The kernel's account of the process: finer than the hundredths of a second in /proc.
    private Usage Read() => new(Environment.CpuUsage.TotalTime.TotalSeconds, GC.GetTotalAllocatedBytes(), Interlocked.Read(ref _queries), JitInfo.GetCompiledMethodCount());
}
