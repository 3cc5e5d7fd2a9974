using UsersApi.Bench.Results;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>Runs scenarios one after another, and shows and keeps their results.</summary>
internal static class BenchRun
{
    // In one turn of warming up.
    private const int FewMethods = 100;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchOptions.Parse(arguments) is not { } options)
            return await ExplainAsync();

        await using var redis = await RedisCounters.ConnectAsync(Environment.GetEnvironmentVariable("ConnectionStrings__Redis")!);
        var (rows, status) = (new List<ResultRow>(), 0);
        foreach (var scenario in options.Scenarios)
        {
            try
            {
                await RunAsync(scenario, options, redis, rows);
            }
            catch (Exception error) when (error is InvalidOperationException or HttpRequestException or OperationCanceledException)
            {
                // The others can be measured all the same.
                await Console.Error.WriteLineAsync($"{scenario.Name}: {error.Message}");
                status = 1;
            }
        }

        await redis.ClearAsync();
        return status;
    }

    public static async Task<int> ExplainAsync()
    {
        await Console.Error.WriteLineAsync(BenchOptions.Usage);
        await Console.Error.WriteLineAsync("scenarios: " + string.Join(' ', Scenarios.All.Select(scenario => scenario.Name)));
        await Console.Error.WriteLineAsync("subjects: " + string.Join(' ', Subject.All.Keys));
        return 2;
    }

    private static async Task RunAsync(Scenario scenario, BenchOptions options, RedisCounters redis, List<ResultRow> rows)
    {
        await redis.ClearAsync();
        await using var subjects = await SubjectGroup.StartAsync(scenario, [.. options.SubjectsOf(scenario)]);
        await subjects.CheckAsync();
        await subjects.PrimeAsync();
        foreach (var connections in scenario.Connections)
        {
            var measured = await MeasureAsync(subjects, scenario, connections, options, redis);
            List<ResultRow> added = [.. ResultRow.Of(scenario, connections, subjects.Running, measured)];
            Console.WriteLine(Table.Of(added));
            rows.AddRange(added);
            // After each, so that a run which is stopped leaves what it has.
            await ResultFile.WriteAsync(ResultFile.Latest, rows);
        }

        // What the load did to a cache shows only now.
        if (!scenario.Writes)
            await subjects.CheckAsync();
    }

    private static async Task<Dictionary<string, List<Measurement>>> MeasureAsync(
        SubjectGroup subjects, Scenario scenario, int connections, BenchOptions options, RedisCounters redis)
    {
        foreach (var subject in subjects.Running)
            await WarmUpAsync(subject, scenario, connections, options);

        var measured = subjects.Running.ToDictionary(subject => subject.Name, _ => new List<Measurement>());
        for (var run = 0; run < options.Runs; run++)
        {
            // Each subject comes first, last and after each other one.
            var order = subjects.Running.Skip(run % subjects.Running.Count).Concat(subjects.Running.Take(run % subjects.Running.Count));
            foreach (var subject in order)
            {
                var isQuiet = options.IsQuick || await QuietMachine.WaitAsync(TimeSpan.FromSeconds(15));
                var measurement = await Measurement.TakeAsync(subject, scenario, connections, options.Seconds, redis);
                measured[subject.Name].Add(measurement);
                await Console.Error.WriteLineAsync(
                    $"{scenario.Name} -c{connections} run {run + 1}/{options.Runs} {subject.Name}: {measurement.Rps:N0} requests/s{(isQuiet ? "" : " (others were busy)")}");
            }
        }

        return measured;
    }

    /// <summary>Until the runtime's compiler rests: what runs often is compiled again behind the requests, for 20 s and more where they are slow.</summary>
    private static async Task WarmUpAsync(SubjectProcess subject, Scenario scenario, int connections, BenchOptions options)
    {
        var (before, now) = (0L, 0L);
        for (var turn = 0; turn < options.MostWarmUps && (turn == 0 || now - before > FewMethods); turn++)
        {
            await scenario.Load(new LoadTarget(subject.Address, scenario, connections, options.WarmUpSeconds));
            (before, now) = (now, (await subject.UsageAsync()).CompiledMethods);
        }
    }
}
