using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using UsersApi.Bench.Results;
using UsersApi.Bench.Subjects;
using UsersApi.Caching;

namespace UsersApi.Bench.Driving;

/// <summary>How long a write waits until every node has dropped what it knew, without the write itself: through the evictor alone.</summary>
internal static class EvictionBench
{
    private const int Evictions = 500;
    private const int PerSecond = 1_000;
    private static readonly TimeSpan Load = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    private static int _notTaken;

    public static async Task<int> RunAsync()
    {
        await using var redis = await RedisCounters.ConnectAsync(Environment.GetEnvironmentVariable("ConnectionStrings__Redis")!);
        using var writer = CreateWriter();
        await writer.StartAsync();
        var evictor = writer.Services.GetRequiredService<IRedisCacheEvictor>();
        var others = new List<SubjectProcess>();
        Console.WriteLine("\n| nodes | evictions | p50 ms | p99 ms | longest ms |\n| --- | ---: | ---: | ---: | ---: |");
        try
        {
            foreach (var nodes in (int[])[1, 2, 4])
            {
                while (others.Count < nodes - 1)
                    others.Add(await SubjectProcess.StartAsync(SubjectNames.RedisCached, new SubjectSettings("", IsCompressed: false)));

                await Task.Delay(Settling);
                Print($"{nodes}", await EvictOneByOneAsync(evictor, Evictions));
            }

            others[0].Signal("STOP");
            Print("4, one paused: the first", await EvictOneByOneAsync(evictor, 1));
            Print("4, one paused: those after it", await EvictOneByOneAsync(evictor, Evictions));
            others[0].Signal("CONT");
            await Task.Delay(Settling);
            others[0].Signal("KILL");
            Print("4, one killed: the first", await EvictOneByOneAsync(evictor, 1));
            Print("4, one killed: those after it", await EvictOneByOneAsync(evictor, Evictions));
            others[0] = await SubjectProcess.StartAsync(SubjectNames.RedisCached, new SubjectSettings("", IsCompressed: false));
            await Task.Delay(Settling);
            await LoadAsync(evictor, redis, others);
            Console.WriteLine($"{_notTaken} evictions that Redis did not take in time");
            return _notTaken == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var other in others)
                await other.DisposeAsync();

            await writer.StopAsync();
            await redis.ClearAsync();
        }
    }

    private static IHost CreateWriter()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(CacheModes.Leases);
        builder.Services.AddRedisCached(builder.Configuration);
        return builder.Build();
    }

    private static async Task<IReadOnlyCollection<double>> EvictOneByOneAsync(IRedisCacheEvictor evictor, int count)
    {
        var taken = new List<double>();
        for (var i = 0; i < count; i++)
            taken.Add(await EvictAsync(evictor, i));

        return taken;
    }

    /// <summary>So many a second, each at its own time, however long the ones before it take.</summary>
    private static async Task LoadAsync(IRedisCacheEvictor evictor, RedisCounters redis, List<SubjectProcess> others)
    {
        var taken = new ConcurrentBag<double>();
        var (before, cpuBefore) = (await redis.ReadAsync(), CpuOf(others));
        var (began, running) = (Stopwatch.GetTimestamp(), new List<Task>());
        while (Stopwatch.GetElapsedTime(began) is var elapsed && elapsed < Load)
        {
            for (var due = elapsed.TotalSeconds * PerSecond; running.Count < due;)
                running.Add(EvictAndKeepAsync(running.Count));

            await Task.Delay(1);
        }

        await Task.WhenAll(running);
        var (used, seconds, cpu) = (await redis.SinceAsync(before), Stopwatch.GetElapsedTime(began).TotalSeconds, CpuOf(others));
        Print($"4, {PerSecond:N0} a second for {Load.TotalSeconds:N0} s", taken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{used.Commands / (double)running.Count:0.00} Redis commands and {used.Bytes / running.Count:N0} bytes an eviction (renewals included); "
            + $"CPU of one core: writer {(cpu.Writer - cpuBefore.Writer) / seconds:P0}, each other node {(cpu.Others - cpuBefore.Others) / seconds / others.Count:P1}"));

        async Task EvictAndKeepAsync(int number) => taken.Add(await EvictAsync(evictor, number));
    }

    private static async Task<double> EvictAsync(IRedisCacheEvictor evictor, int number)
    {
        var began = Stopwatch.GetTimestamp();
        var evicted = await evictor.EvictAsync("users", string.Create(CultureInfo.InvariantCulture, $"user:{number}"));
        if (!evicted)
            Interlocked.Increment(ref _notTaken);

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static (double Writer, double Others) CpuOf(List<SubjectProcess> others)
    {
        using var own = Process.GetCurrentProcess();
        return (own.TotalProcessorTime.TotalSeconds, others.Sum(other => other.CpuSeconds));
    }

    private static void Print(string nodes, IReadOnlyCollection<double> taken) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {nodes} | {taken.Count:N0} | {Quantiles.Of(taken, 0.5):0.00} | {Quantiles.Of(taken, 0.99):0.00} | {taken.Max():0.0} |"));
}
