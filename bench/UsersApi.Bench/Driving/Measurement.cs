using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>One run of one subject.</summary>
internal sealed record Measurement(
    double Rps, double P50Ms, double P99Ms, double ServerCpuPer10k, double AllocatedBytes, double RedisCommands, double RedisBytes, double Queries)
{
    private const int Attempts = 5;

    /// <summary>Drives a subject once, and divides what it used by the requests.</summary>
    /// <exception cref="InvalidOperationException">It failed requests, or answered none, again and again.</exception>
    public static async Task<Measurement> TakeAsync(SubjectProcess subject, Scenario scenario, int connections, int seconds, RedisCounters redis)
    {
        for (var attempt = 1; ; attempt++)
        {
            // A machine that others keep busy may leave a run without a single answer: the next one gets twice the time.
            var (load, measurement) = await DriveAsync(subject, scenario, connections, seconds << (attempt - 1), redis);
            if (load is { Failures: 0, Requests: > 0 })
                return measurement;

            if (attempt == Attempts)
                throw new InvalidOperationException($"{subject.Name} failed {load.Failures} requests, and answered {load.Requests} in {load.Seconds:0} s.");
        }
    }

    private static async Task<(LoadResult Load, Measurement Measurement)> DriveAsync(
        SubjectProcess subject, Scenario scenario, int connections, int seconds, RedisCounters redis)
    {
        var redisBefore = await redis.ReadAsync();
        var before = await subject.UsageAsync();
        var load = await scenario.Load(new LoadTarget(subject.Address, scenario, connections, seconds));
        var after = await subject.UsageAsync();
        var asked = await redis.SinceAsync(redisBefore);
        return (load, Of(load, before, after, asked));
    }

    private static Measurement Of(LoadResult load, Usage before, Usage after, RedisUsage asked)
    {
        double requests = load.Requests;
        return new Measurement(
            requests / load.Seconds,
            load.P50Ms,
            load.P99Ms,
            (after.CpuSeconds - before.CpuSeconds) / requests * 10_000,
            (after.AllocatedBytes - before.AllocatedBytes) / requests,
            asked.Commands / requests,
            asked.Bytes / requests,
            (after.Queries - before.Queries) / requests);
    }
}
