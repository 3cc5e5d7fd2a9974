using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using UsersApi.Bench.Results;

namespace UsersApi.Bench.Driving;

/// <summary>One node against four: how many hits they serve together, and what hits and writes cost Redis and Postgres.</summary>
internal sealed class NodesBench : IAsyncDisposable
{
    private const int Nodes = 4;
    private const int Connections = 32;
    private const int Seconds = 5;
    private const int WarmUps = 6;
    private const int Writes = 400;
    private const int Refills = 100;

    // Postgres' processes tell the collector of statistics what they did within ten seconds of rest.
    private static readonly TimeSpan Reported = TimeSpan.FromSeconds(11);
    private static readonly Scenario Hits = Scenarios.Named(["hit-small"])[0];
    private static readonly Uri Page = new(Hits.Path, UriKind.Relative);

    private readonly RedisCounters _redis;
    private readonly NpgsqlDataSource _postgres;
    private readonly List<ApiNode> _nodes = [];
    private AuthenticationHeaderValue? _token;
    private JsonElement[] _users = [];
    private int _written;

    private NodesBench(RedisCounters redis) =>
        (_redis, _postgres) = (redis, NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("ConnectionStrings__Postgres")!));

    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = arguments is ["--runs", var runs] ? int.Parse(runs, CultureInfo.InvariantCulture) : 5;
        await using var redis = await RedisCounters.ConnectAsync(Environment.GetEnvironmentVariable("ConnectionStrings__Redis")!);
        await using var bench = new NodesBench(redis);
        await bench.MeasureAsync(Path.GetFullPath("UsersApi/bin/Release/net10.0/UsersApi.dll"), rounds);
        await redis.ClearAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();

        await _postgres.DisposeAsync();
    }

    private async Task MeasureAsync(string program, int rounds)
    {
        _token = new AuthenticationHeaderValue("Bearer", await ApiNode.TokenAsync(program));
        _nodes.AddRange(await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => ApiNode.StartAsync(program))));
        _users = (await _nodes[0].Client.GetFromJsonAsync<JsonElement[]>(Page))!;
        for (var turn = 0; turn < WarmUps; turn++)
            await HitAsync(Nodes);

        // Each node often enough for the runtime to compile again what runs often.
        await WriteAsync(2 * Writes, thenRead: true);
        await PrintHitsAsync(rounds);
        Console.WriteLine(
            "\n| nodes | what | p50 ms | p99 ms | Redis commands | Redis B | Redis CPU us | transactions | Postgres ms | nodes' CPU us |\n"
            + "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        await PrintWritesAsync();
        foreach (var node in _nodes.Skip(1))
            await node.DisposeAsync();

        _nodes.RemoveRange(1, Nodes - 1);
        await PrintWritesAsync();
    }

    private async Task PrintHitsAsync(int rounds)
    {
        var (one, all) = (new List<double>(), new List<double>());
        var (hits, cpu, before) = (0L, CpuOfNodes(), await ReadAsync());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var nodes in round % 2 == 0 ? (int[])[1, Nodes] : [Nodes, 1])
            {
                await QuietMachine.WaitAsync(TimeSpan.FromSeconds(15));
                var (requests, rate) = await HitAsync(nodes);
                (nodes == 1 ? one : all).Add(rate);
                hits += requests;
            }
        }

        cpu = CpuOfNodes() - cpu;
        var used = await SinceAsync(before);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nhits a second by {Connections} clients, {rounds} rounds: one node {Quantiles.Of(one, 0.5):N0}, {Nodes} nodes together "
            + $"{Quantiles.Of(all, 0.5):N0}, "
            + $"x {Quantiles.Of(one.Zip(all, (single, sum) => sum / single), 0.5):0.00} (paired)\n"
            + $"a hit: {used.Commands / hits:0.0000} Redis commands, {used.Transactions / hits:0.0000} transactions "
            + $"(renewals and looks into the outbox included), {cpu / hits * 1e6:0.0} us of a node's CPU; "
            + $"memory of a node {_nodes.Average(node => node.MemoryBytes) / 1048576:0} MiB"));
    }

    /// <summary>Idle, writes alone, and writes after each of which every node reads what it had.</summary>
    private async Task PrintWritesAsync()
    {
        var idle = await MeasureAsync(1, async () =>
        {
            await Task.Delay(Reported);
            return [];
        });
        var perSecond = idle.Used / idle.Seconds;
        Print("idle, a second", [], perSecond, idle.Cpu / idle.Seconds);
        var kinds = ((string, int, bool)[])[("write", Writes, false), ("write, then a read by each node", Refills, true)];
        foreach (var (name, count, thenRead) in kinds)
        {
            var measured = await MeasureAsync(count, () => WriteAsync(count, thenRead));
            // What goes on without any request is not a write's.
            var share = measured.Seconds / count;
            Print(name, measured.Taken, measured.Used - (perSecond * share), measured.Cpu - (idle.Cpu / idle.Seconds * share));
        }
    }

    private async Task<(IReadOnlyCollection<double> Taken, ServerUsage Used, double Cpu, double Seconds)> MeasureAsync(
        int count, Func<Task<IReadOnlyCollection<double>>> doing)
    {
        var (cpu, clock) = (CpuOfNodes(), Stopwatch.StartNew());
        var before = await ReadAsync();
        var taken = await doing();
        await Task.Delay(Reported);
        var (used, seconds) = (await SinceAsync(before), clock.Elapsed.TotalSeconds);
        return (taken, used / count, (CpuOfNodes() - cpu) / count, seconds);
    }

    private void Print(string what, IReadOnlyCollection<double> taken, ServerUsage used, double cpu) => Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {_nodes.Count} | {what} | {Quantile(taken, 0.5)} | {Quantile(taken, 0.99)} | {used.Commands:0.0} | {used.Bytes:0} "
            + $"| {used.RedisCpu * 1e6:0} | {used.Transactions:0.0} | {used.PostgresMs:0.00} | {cpu * 1e6:0} |"));

    private static string Quantile(IReadOnlyCollection<double> taken, double part) =>
        taken.Count == 0 ? "" : Quantiles.Of(taken, part).ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>All of these nodes at the same time, by the same number of clients in all.</summary>
    private async Task<(long Requests, double Rate)> HitAsync(int nodes)
    {
        var results = await Task.WhenAll(_nodes.Take(nodes).Select(
            node => Hits.Load(new LoadTarget(node.Address, Hits, Connections / nodes, Seconds))));
        return results.All(result => result.Failures == 0)
            ? (results.Sum(result => result.Requests), results.Sum(result => result.Requests / result.Seconds))
            : throw new InvalidOperationException("Nodes failed requests.");
    }

    /// <summary>One after another, by each node in turn, to users of the page.</summary>
    private async Task<IReadOnlyCollection<double>> WriteAsync(int count, bool thenRead)
    {
        var taken = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var user = _users[i % _users.Length];
            var id = user.GetProperty("id").GetString();
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/users/{id}", UriKind.Relative));
            request.Headers.Authorization = _token;
            request.Content = JsonContent.Create(new { email = user.GetProperty("email").GetString(), fullName = $"Written {_written++}" });
            var began = Stopwatch.GetTimestamp();
            using var response = await _nodes[i % _nodes.Count].Client.SendAsync(request);
            response.EnsureSuccessStatusCode();
            taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (thenRead)
                await Task.WhenAll(_nodes.Select(node => node.Client.GetByteArrayAsync(Page)));
        }

        return taken;
    }

    private double CpuOfNodes() => _nodes.Sum(node => node.CpuSeconds);

    private async Task<ServerUsage> ReadAsync()
    {
        await using var command = _postgres.CreateCommand(
            "SELECT xact_commit::float8, active_time FROM pg_stat_database WHERE datname = current_database()");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return ServerUsage.Of(await _redis.ReadAsync(), reader.GetDouble(0), reader.GetDouble(1));
    }

    private async Task<ServerUsage> SinceAsync(ServerUsage before) => await ReadAsync() - before;
}

/// <summary>What Redis and Postgres have done.</summary>
internal readonly record struct ServerUsage(double Commands, double Bytes, double RedisCpu, double Transactions, double PostgresMs)
{
    public static ServerUsage Of(RedisUsage redis, double transactions, double postgresMs) =>
        new(redis.Commands, redis.Bytes, redis.CpuSeconds, transactions, postgresMs);

    public static ServerUsage operator -(ServerUsage left, ServerUsage right) => new(
        left.Commands - right.Commands, left.Bytes - right.Bytes, left.RedisCpu - right.RedisCpu, left.Transactions - right.Transactions,
        left.PostgresMs - right.PostgresMs);

    public static ServerUsage operator *(ServerUsage usage, double times) => new(
        usage.Commands * times, usage.Bytes * times, usage.RedisCpu * times, usage.Transactions * times, usage.PostgresMs * times);

    public static ServerUsage operator /(ServerUsage usage, double count) => usage * (1 / count);
}
