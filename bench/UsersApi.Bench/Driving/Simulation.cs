using System.Globalization;
using UsersApi.Bench.Results;

namespace UsersApi.Bench.Driving;

/// <summary>Prints what <see cref="EvictionModel"/> says of up to a thousand nodes: the same seed, the same table.</summary>
internal static class Simulation
{
    private const int DefaultSeed = 20_261_128;
    private const int Writes = 2_000;

    // Of Redis' one thread: what is offered beyond it waits longer and longer.
    private const double Most = 0.95;

    public static int Run(string[] arguments)
    {
        var seed = arguments is ["--seed", var said] ? int.Parse(said, CultureInfo.InvariantCulture) : DefaultSeed;
        Console.WriteLine($"seed {seed}, {Writes:N0} writes each\n");
        Console.WriteLine("| nodes | writes a second | p50 ms | p99 ms | Redis busy | evictions and grants: of a core, per node |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var nodes in (int[])[1, 2, 4, 10, 30, 100, 200, 250, 300, 1_000])
        {
            foreach (var rate in (int[])[10, 100, 1_000])
                Print(nodes, rate, new EvictionModel(nodes, rate, new Random(seed)));
        }

        return 0;
    }

    private static void Print(int nodes, int rate, EvictionModel model)
    {
        if (model.OfferedToRedis > Most)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {nodes:N0} | {rate:N0} | Redis does not keep up | | {model.OfferedToRedis:P0} | |"));
            return;
        }

        var result = model.Run(Writes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {nodes:N0} | {rate:N0} | {Milliseconds(0.5)} | {Milliseconds(0.99)} | {result.RedisLoad:P0} | {result.NodeLoad:P0} |"));

        string Milliseconds(double part) => Quantiles.Of(result.Waits, part).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
