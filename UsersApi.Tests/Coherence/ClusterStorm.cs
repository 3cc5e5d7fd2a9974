using UsersApi.Tests.Scale;

namespace UsersApi.Tests.Coherence;

/// <summary>What happens to a cluster and to those who use it: failovers, a dead master, slots that move, nodes that pause, die or are replaced.</summary>
internal sealed class ClusterStorm(IReadOnlyList<ApiNode> nodes, RedisCluster cluster, Tally tally, Random random)
    : NodeStorm(nodes, tally, random)
{
    private const string Leases = "usersapi:v1:{tag}#leases";

    protected override async Task BreakAsync(CancellationToken stop)
    {
        await FailOverAsync(stop);
        await MoveSlotAsync(stop);
        await KillMasterAsync(stop);
        await PauseNodesAsync(stop);
        await LoseMessagesAsync(stop);
        await LoseKeysAsync(stop);
        await KillNodeAsync(stop);
        await DeployAsync(stop);
    }

    // As an administrator does: the replica takes over when it has everything.
    private async Task FailOverAsync(CancellationToken stop)
    {
        Tally.Broke();
        var (_, replica) = await cluster.HoldersOfAsync(Leases);
        await RedisCluster.CliAsync(replica, "CLUSTER", "FAILOVER");
        await PauseAsync(1_500, 2_500, stop);
    }

    // The slot of all versions, of the leases and of the messages about them.
    private async Task MoveSlotAsync(CancellationToken stop)
    {
        Tally.Broke();
        await cluster.MoveAsync(Leases);
        await PauseAsync(1_000, 2_000, stop);
    }

    // The replica takes over by itself, with what it has heard so far, and the dead one comes back as a replica.
    private async Task KillMasterAsync(CancellationToken stop)
    {
        Tally.Broke();
        var (master, replica) = await cluster.HoldersOfAsync(Leases);
        await master.KillAsync();
        await cluster.UntilAsync(async () => (await RedisCluster.CliAsync(replica, "ROLE")).StartsWith("master", StringComparison.Ordinal));
        await PauseAsync(500, 1_500, stop);
        await master.BeginAsync();
        await cluster.UntilAsync(async () => (await RedisCluster.CliAsync(master, "ROLE")).Contains("connected", StringComparison.Ordinal));
        await PauseAsync(1_000, 2_000, stop);
    }

    private async Task LoseMessagesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 6; i++)
        {
            Tally.Broke();
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
            Tally.Broke();
            var (master, _) = await cluster.HoldersOfAsync(Leases);
            await RedisCluster.CliAsync(master, Random.Next(4) == 0 ? ["UNLINK", Leases] : ["FLUSHALL"]);
            await PauseAsync(50, 700, stop);
        }
    }

    // One node after the other ends in good order, and a new process takes its place.
    private async Task DeployAsync(CancellationToken stop)
    {
        foreach (var node in Nodes)
        {
            Tally.Broke();
            await node.EndAsync();
            await node.StartAsync();
            await PauseAsync(300, 600, stop);
        }
    }
}
