using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace UsersApi.Tests.Chaos;

/// <summary>What a run did and saw, as a table with a line for each kind of phase, and a closing line.</summary>
internal sealed class ChaosReport(int seed)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Dictionary<Phase, TimeSpan> _recoveries = [];
    private TimeSpan _took;

    public Timeline Timeline { get; } = new();

    public int Requests => Timeline.Phases.Sum(phase => phase.Requests);

    public IReadOnlyList<string> Violations => [.. Timeline.Phases.SelectMany(phase => phase.Violations())];

    public void Recovered(Phase phase, TimeSpan after) => _recoveries[phase] = after;

    public void Close() => _took = Stopwatch.GetElapsedTime(_began);

    public override string ToString()
    {
        var table = new StringBuilder("\n| phase | times | requests | not 200 | p50 ms | p99 ms | p99 of the first second | p99 later | slowest | well again after s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var phases in Timeline.Phases.GroupBy(phase => phase.Name).OrderBy(phases => phases.Max(phase => phase.Trouble)).ThenBy(phases => phases.Key, StringComparer.Ordinal))
        {
            table.AppendLine(Line(phases.Key, [.. phases]));
        }

        var failures = Failures(Timeline.Phases);
        return table.Append(CultureInfo.InvariantCulture, $"\nchaos: {_took.TotalSeconds:N0} s, seed {seed}: {Requests:N0} requests, {Timeline.Phases.Count(phase => _recoveries.ContainsKey(phase))} faults, not 200: {failures}; ")
            .Append(CultureInfo.InvariantCulture, $"with only Redis failing: {Failures([.. Timeline.Phases.Where(phase => phase.Trouble == Trouble.Redis)])}; {Violations.Count} violations")
            .ToString();
    }

    private string Line(string name, IReadOnlyList<Phase> phases)
    {
        float[] early = [.. phases.SelectMany(phase => phase.Times.Early)];
        float[] late = [.. phases.SelectMany(phase => phase.Times.Late)];
        float[] all = [.. early, .. late];
        var recovery = phases.Where(_recoveries.ContainsKey).Select(phase => _recoveries[phase].TotalSeconds).DefaultIfEmpty().Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {phases.Count} | {all.Length:N0} | {Failures(phases)} | {At(all, 0.5)} | {At(all, 0.99)} | {At(early, 0.99)} | {At(late, 0.99)} | {At(all, 1)} | {(recovery > 0 ? $"{recovery:N2}" : "")} |");
    }

    private static string Failures(IReadOnlyList<Phase> phases)
    {
        var causes = phases.SelectMany(phase => phase.Failures).GroupBy(failure => failure.Key, failure => failure.Value);
        return string.Join(", ", causes.Select(cause => string.Create(CultureInfo.InvariantCulture, $"{cause.Sum():N0} x {cause.Key}"))) is { Length: > 0 } text ? text : "0";
    }

    private static string At(float[] times, double share)
    {
        if (times.Length == 0)
        {
            return "";
        }

        Array.Sort(times);
        return times[(int)((times.Length - 1) * share)].ToString("N1", CultureInfo.InvariantCulture);
    }
}
