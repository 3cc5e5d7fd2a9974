using UsersApi.Tests.Scale;

namespace UsersApi.Tests.Coherence;

/// <summary>What happens to a cluster and to those who use it: failovers, a dead master, slots that move, nodes that pause, die or are replaced.</summary>
internal sealed class ClusterStorm(IReadOnlyList<ApiNode> nodes, RedisCluster cluster, Tally tally, Random random)
{
    private const string Leases = "usersapi:v1:{tag}#leases";
    private const int LongestPauseMs = 2_500;

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            // Four processes compile themselves on these few cores first.
            await PauseAsync(10_000, 11_000, stop);
            while (true)
            {
                await BeCalmAsync(stop);
                await FailOverAsync(stop);
                await MoveSlotAsync(stop);
                await KillMasterAsync(stop);
                await PauseNodesAsync(stop);
                await LoseMessagesAsync(stop);
                await LoseKeysAsync(stop);
                await KillNodeAsync(stop);
                await DeployAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.SignalAsync("CONT");
            }
        }
    }

    private async Task BeCalmAsync(CancellationToken stop)
    {
        await PauseAsync(2_000, 2_500, stop);
        tally.IsCalm = true;
        await PauseAsync(3_000, 4_000, stop);
        tally.IsCalm = false;
    }

    // As an administrator does: the replica takes over when it has everything.
    private async Task FailOverAsync(CancellationToken stop)
    {
        tally.Broke();
        var (_, replica) = await cluster.HoldersOfAsync(Leases);
        await RedisCluster.CliAsync(replica, "CLUSTER", "FAILOVER");
        await PauseAsync(1_500, 2_500, stop);
    }

    // The slot of all versions, of the leases and of the messages about them.
    private async Task MoveSlotAsync(CancellationToken stop)
    {
        tally.Broke();
        await cluster.MoveAsync(Leases);
        await PauseAsync(1_000, 2_000, stop);
    }

    // The replica takes over by itself, with what it has heard so far, and the dead one comes back as a replica.
    private async Task KillMasterAsync(CancellationToken stop)
    {
        tally.Broke();
        var (master, replica) = await cluster.HoldersOfAsync(Leases);
        await master.KillAsync();
        await cluster.UntilAsync(async () => (await RedisCluster.CliAsync(replica, "ROLE")).StartsWith("master", StringComparison.Ordinal));
        await PauseAsync(500, 1_500, stop);
        await master.BeginAsync();
        await cluster.UntilAsync(async () => (await RedisCluster.CliAsync(master, "ROLE")).Contains("connected", StringComparison.Ordinal));
        await PauseAsync(1_000, 2_000, stop);
    }

    private async Task PauseNodesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 3; i++)
        {
            tally.Broke();
            var node = AnyNode();
            await node.SignalAsync("STOP");
            await PauseAsync(50, LongestPauseMs, CancellationToken.None);
            await node.SignalAsync("CONT");
            await PauseAsync(300, 1_000, stop);
        }
    }

    private async Task LoseMessagesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 6; i++)
        {
            tally.Broke();
            foreach (var server in cluster.Servers)
            {
                await RedisCluster.CliAsync(server, "CLIENT", "KILL", "TYPE", "pubsub");
            }

            await PauseAsync(200, 900, stop);
        }
    }

    private async Task LoseKeysAsync(CancellationToken stop)
    {
        for (var i = 0; i < 8; i++)
        {
            tally.Broke();
            var (master, _) = await cluster.HoldersOfAsync(Leases);
            await RedisCluster.CliAsync(master, random.Next(4) == 0 ? ["UNLINK", Leases] : ["FLUSHALL"]);
            await PauseAsync(50, 700, stop);
        }
    }

    private async Task KillNodeAsync(CancellationToken stop)
    {
        tally.Broke();
        var node = AnyNode();
        node.Kill();
        await node.StartAsync();
        await PauseAsync(500, 1_000, stop);
    }

    // One node after the other ends in good order, and a new process takes its place.
    private async Task DeployAsync(CancellationToken stop)
    {
        foreach (var node in nodes)
        {
            tally.Broke();
            await node.EndAsync();
            await node.StartAsync();
            await PauseAsync(300, 600, stop);
        }
    }

    private ApiNode AnyNode() => nodes[random.Next(nodes.Count)];

    private Task PauseAsync(int fromMs, int toMs, CancellationToken stop) => Task.Delay(random.Next(fromMs, toMs), stop);
}
