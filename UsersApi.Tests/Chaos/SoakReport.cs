using System.Globalization;

namespace UsersApi.Tests.Chaos;

/// <summary>Holds the last quarter of a run against the first.</summary>
internal sealed class SoakReport(RunSettings settings, Timeline timeline, IReadOnlyList<ProcessSample> samples, TimeSpan took)
{
    // What more there may be at the end without being called growth.
    private const double MoreMegabytes = 48;
    private const double MoreHandles = 16;
    private const double MoreThreads = 8;

    // By then everything that is used has been loaded and compiled, and all pools are full.
    private readonly ProcessSample[] _warm = [.. samples.Skip(samples.Count / 10)];

    // Of memory the least counts too: what lies above it is garbage that nobody has needed to collect yet.
    public bool IsFlat => Last.Min(Megabytes) - First.Min(Megabytes) <= MoreMegabytes
        && Growth(Megabytes) <= MoreMegabytes
        && Growth(sample => sample.Handles) <= MoreHandles
        && Growth(sample => sample.Threads) <= MoreThreads;

    private string Verdict => settings.Length is null ? "too short to tell" : IsFlat ? "flat" : "not flat";

    private ProcessSample[] First => _warm[..Math.Max(2, _warm.Length / 4)];

    private ProcessSample[] Last => _warm[^Math.Max(2, _warm.Length / 4)..];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""

        | | first quarter | last quarter | most |
        | --- | --- | --- | --- |
        | resident MB, least | {First.Min(Megabytes):N0} | {Last.Min(Megabytes):N0} | |
        {Row("resident MB", Megabytes)}
        {Row("handles", sample => sample.Handles)}
        {Row("threads", sample => sample.Threads)}
        | requests/s | {Rate(First):N0} | {Rate(Last):N0} | |

        resident MB in each tenth, median: {string.Join(", ", samples.Chunk((samples.Count + 9) / 10).Select(tenth => $"{Median(tenth, Megabytes):N0}"))}

        soak: {took.TotalSeconds:N0} s, seed {settings.Seed}: {samples[^1].Requests:N0} requests, {timeline.Phases.Sum(phase => phase.Failures.Values.Sum())} not right, {_warm.Length} samples: {Verdict}
        """);

    private string Row(string name, Func<ProcessSample, double> value) => string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {Median(First, value):N0} | {Median(Last, value):N0} | {samples.Max(value):N0} |");

    private static double Megabytes(ProcessSample sample) => sample.Megabytes;

    private double Growth(Func<ProcessSample, double> value) => Median(Last, value) - Median(First, value);

    private double Rate(ProcessSample[] part) =>
        (part[^1].Requests - part[0].Requests) / (took.TotalSeconds * (part.Length - 1) / (samples.Count - 1));

    private static double Median(ProcessSample[] part, Func<ProcessSample, double> value) => part.Select(value).Order().ElementAt(part.Length / 2);
}
