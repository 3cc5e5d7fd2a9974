namespace UsersApi.Tests.Coherence;

/// <summary>Breaks things while others read and write, one kind after the other, over and over: what happens to nodes, whatever their Redis is.</summary>
internal abstract class NodeStorm(IReadOnlyList<ApiNode> nodes, Tally tally, Random random)
{
    // Longer than a lease: who is held up for so long comes back without one.
    protected const int LongestPauseMs = 2_500;

    protected IReadOnlyList<ApiNode> Nodes => nodes;

    protected Tally Tally => tally;

    protected Random Random => random;

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            // All processes compile themselves on these few cores first.
            await PauseAsync(8_000, 9_000, stop);
            while (true)
            {
                await BeCalmAsync(stop);
                await BreakAsync(stop);
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

    /// <summary>One round of what breaks.</summary>
    protected abstract Task BreakAsync(CancellationToken stop);

    // A node stops in the middle of a lease, with an eviction on its way to it, and goes on later as if nothing had been.
    protected async Task PauseNodesAsync(CancellationToken stop)
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

    protected async Task KillNodeAsync(CancellationToken stop)
    {
        tally.Broke();
        var node = AnyNode();
        node.Kill();
        await node.StartAsync();
        await PauseAsync(500, 1_000, stop);
    }

    protected ApiNode AnyNode() => nodes[random.Next(nodes.Count)];

    protected Task PauseAsync(int fromMs, int toMs, CancellationToken stop) => Task.Delay(random.Next(fromMs, toMs), stop);

    // Nothing breaks, and there are fewer writes: hits from memory have to be the rule.
    private async Task BeCalmAsync(CancellationToken stop)
    {
        await PauseAsync(2_000, 2_500, stop);
        tally.IsCalm = true;
        await PauseAsync(3_000, 4_000, stop);
        tally.IsCalm = false;
    }
}
