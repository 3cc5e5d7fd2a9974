using UsersApi.Bench.Driving;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Results;

/// <summary>
/// Medians over the runs of one subject. Ratios are taken of two runs of the same round, which had the same neighbours on
/// the machine; what is given is the median of these, and their lower quartile.
/// </summary>
internal sealed record ResultRow
{
    /// <summary>What the others are compared with.</summary>
    public static readonly string[] Bases = [SubjectNames.ConstMvc, SubjectNames.OutputCacheRedis, SubjectNames.RawNpgsql];

    public required string Scenario { get; init; }

    public required string Subject { get; init; }

    /// <summary>The package that was measured, and its version, as the loaded assembly says them.</summary>
    public string Package { get; init; } = "";

    public required int Connections { get; init; }

    public required int Runs { get; init; }

    public required double Rps { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>Seconds of processor time of the subject alone.</summary>
    public required double ServerCpuPer10k { get; init; }

    public required double AllocatedBytesPerRequest { get; init; }

    public required double RedisCommandsPerRequest { get; init; }

    public required double RedisBytesPerRequest { get; init; }

    public required double QueriesPerRequest { get; init; }

    public double? RatioToConst { get; init; }

    public double? RatioToConstLowerQuartile { get; init; }

    public double? RatioToOutputCacheRedis { get; init; }

    public double? RatioToOutputCacheRedisLowerQuartile { get; init; }

    /// <summary>Of processor time, where less is better; all other ratios are of requests in the same time.</summary>
    public double? CpuRatioToConst { get; init; }

    public double? RatioToRawNpgsql { get; init; }

    public double? RatioToRawNpgsqlLowerQuartile { get; init; }

    public static IEnumerable<ResultRow> Of(
        Scenario scenario, int connections, IReadOnlyCollection<SubjectProcess> subjects, Dictionary<string, List<Measurement>> measured)
    {
        foreach (var subject in subjects)
        {
            var runs = measured[subject.Name];
            var (toConst, toConstLower) = Ratio(runs, measured, Bases[0]);
            var (toOutput, toOutputLower) = Ratio(runs, measured, Bases[1]);
            var (toRaw, toRawLower) = Ratio(runs, measured, Bases[2]);
            yield return new ResultRow
            {
                Scenario = scenario.Name,
                Subject = subject.Name,
                Package = subject.Package,
                Connections = connections,
                Runs = runs.Count,
                Rps = Median(runs, run => run.Rps),
                P50Ms = Median(runs, run => run.P50Ms),
                P99Ms = Median(runs, run => run.P99Ms),
                ServerCpuPer10k = Median(runs, run => run.ServerCpuPer10k),
                AllocatedBytesPerRequest = Median(runs, run => run.AllocatedBytes),
                RedisCommandsPerRequest = Median(runs, run => run.RedisCommands),
                RedisBytesPerRequest = Median(runs, run => run.RedisBytes),
                QueriesPerRequest = Median(runs, run => run.Queries),
                RatioToConst = toConst,
                RatioToConstLowerQuartile = toConstLower,
                RatioToOutputCacheRedis = toOutput,
                RatioToOutputCacheRedisLowerQuartile = toOutputLower,
                CpuRatioToConst = Ratio(runs, measured, Bases[0], run => run.ServerCpuPer10k).Median,
                RatioToRawNpgsql = toRaw,
                RatioToRawNpgsqlLowerQuartile = toRawLower,
            };
        }
    }

    private static double Median(List<Measurement> runs, Func<Measurement, double> figure) => Quantiles.Of(runs.Select(figure), 0.5);

    private static (double? Median, double? LowerQuartile) Ratio(
        List<Measurement> runs, Dictionary<string, List<Measurement>> measured, string name, Func<Measurement, double>? figure = null)
    {
        figure ??= run => run.Rps;
        if (!measured.TryGetValue(name, out var bases))
            return default;

        var ratios = runs.Zip(bases, (run, @base) => figure(run) / figure(@base)).ToList();
        return (Quantiles.Of(ratios, 0.5), Quantiles.Of(ratios, 0.25));
    }
}
