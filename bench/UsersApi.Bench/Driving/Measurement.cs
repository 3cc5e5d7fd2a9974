using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>One run of one subject.</summary>
internal sealed record Measurement(
    double Rps, double P50Ms, double P99Ms, double ServerCpuPer10k, double AllocatedBytes, double RedisCommands, double RedisBytes, double Queries)
{
    /// <summary>Drives a subject once, and divides what it used by the requests.</summary>
    public static async Task<Measurement> TakeAsync(SubjectProcess subject, Scenario scenario, int connections, int seconds, RedisCounters redis)
    {
        var redisBefore = await redis.ReadAsync();
        var before = await subject.UsageAsync();
        var load = await scenario.Load(new LoadTarget(subject.Address, scenario, connections, seconds));
        var after = await subject.UsageAsync();
        var asked = await redis.SinceAsync(redisBefore);
        if (load.Failures > 0 || load.Requests == 0)
            throw new InvalidOperationException($"{scenario.Name}: {subject.Name} answered {load.Requests} requests in {seconds} s, and failed {load.Failures}.");

        return Of(load, before, after, asked);
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
