using System.Diagnostics;
using System.Globalization;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Scale;

/// <summary>A Redis Cluster of one test's own: three masters, each with a replica.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Masters = 3;

    private readonly PrivateRedis[] _servers;

    private RedisCluster(PrivateRedis[] servers) => _servers = servers;

    public string ConnectionString => string.Join(',', _servers.Take(Masters).Select(server => server.ConnectionString));

    public IReadOnlyList<PrivateRedis> Servers => _servers;

    public static async Task<RedisCluster> StartAsync()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 2 * Masters).Select(_ => PrivateRedis.StartAsync(
            "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", $"{LoopbackPort.Free()}",
            "--repl-diskless-sync-delay", "0")));
        var cluster = new RedisCluster(servers);
        await AdministerAsync(["create", .. servers.Select(server => server.ConnectionString), "--cluster-replicas", "1", "--cluster-yes"]);
        foreach (var server in servers)
            await cluster.UntilAsync(async () => await KnowsAllAsync(server));

        return cluster;
    }

    /// <summary>The master of a key's slot, and one of its replicas, as soon as it has one again.</summary>
    public async Task<(PrivateRedis Master, PrivateRedis Replica)> HoldersOfAsync(string key)
    {
        var slot = int.Parse((await CliAsync(_servers[0], "CLUSTER", "KEYSLOT", key)).Trim(), CultureInfo.InvariantCulture);
        (PrivateRedis Master, PrivateRedis Replica)? found = null;
        await UntilAsync(async () =>
        {
            var nodes = await NodesAsync();
            var master = nodes.Find(node => node.Skip(8).Any(range => Holds(range, slot)));
            var replica = master is null ? null : nodes.Find(node => node[3] == master[0] && node[7] == "connected");
            found = replica is null ? null : (At(master!), At(replica));
            return found is not null;
        });
        return found!.Value;
    }

    /// <summary>Moves a slot from its master to another one, keys and all, as a resharding does.</summary>
    public async Task MoveAsync(string key)
    {
        var (from, _) = await HoldersOfAsync(key);
        var slot = (await CliAsync(_servers[0], "CLUSTER", "KEYSLOT", key)).Trim();
        PrivateRedis[] masters = [.. (await NodesAsync()).Where(node => node.Length > 8).Select(At)];
        var to = masters.First(server => server != from);
        var (fromId, toId) = ((await CliAsync(from, "CLUSTER", "MYID")).Trim(), (await CliAsync(to, "CLUSTER", "MYID")).Trim());
        await CliAsync(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
        await CliAsync(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
        while ((await CliAsync(from, "CLUSTER", "GETKEYSINSLOT", slot, "100")).Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } keys)
        {
            var (host, port) = (to.ConnectionString.Split(':')[0], to.ConnectionString.Split(':')[1]);
            await CliAsync(from, ["MIGRATE", host, port, "", "0", "5000", "KEYS", .. keys]);
        }

        foreach (var server in (PrivateRedis[])[to, from, .. masters])
            await CliAsync(server, "CLUSTER", "SETSLOT", slot, "NODE", toId);
    }

    /// <summary>Waits for something that the cluster does by itself.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Runs.Deadline)
                throw new TimeoutException("The cluster did not get there.");
        }
    }

    public static async Task<string> CliAsync(PrivateRedis server, params string[] command) =>
        await RunAsync(["-p", server.ConnectionString.Split(':')[1], .. command]);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    // Those that are not known to have failed; a master of slots has more than eight fields.
    private async Task<List<string[]>> NodesAsync() =>
        [.. (await CliAsync(_servers[0], "CLUSTER", "NODES")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).Where(node => !node[2].Contains("fail", StringComparison.Ordinal))];

    // They tell each other, which takes a while.
    private static async Task<bool> KnowsAllAsync(PrivateRedis server) =>
        (await CliAsync(server, "CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)
        && (await CliAsync(server, "CLUSTER", "NODES")).Split('\n').Count(line => line.Contains("slave", StringComparison.Ordinal)) == Masters;

    private static Task<string> AdministerAsync(params string[] arguments) => RunAsync(["--cluster", .. arguments]);

    private static async Task<string> RunAsync(string[] arguments)
    {
        using var cli = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true })!;
        var output = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return cli.ExitCode == 0 ? output : throw new InvalidOperationException($"redis-cli {string.Join(' ', arguments)}: {output}");
    }

    private PrivateRedis At(string[] node) => _servers.Single(server => node[1].StartsWith(server.ConnectionString + "@", StringComparison.Ordinal));

    private static bool Holds(string range, int slot)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) && int.TryParse(ends[^1], CultureInfo.InvariantCulture, out var last)
            && first <= slot && slot <= last;
    }
}
