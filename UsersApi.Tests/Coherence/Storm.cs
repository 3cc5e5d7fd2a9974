namespace UsersApi.Tests.Coherence;

/// <summary>Breaks things while others read and write, one kind after the other, over and over. The first round fits into a short run.</summary>
internal sealed class Storm(IReadOnlyList<ApiNode> nodes, RedisOfTheRun redis, Tally tally, Random random)
{
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await LoseKeysAsync(times: 20, longestPauseMs: 200, stop);
                await GoBackInTimeAsync(stop);
                await CutConnectionsAsync(stop);
                await KillNodeAsync(stop);
                await StartOverAsync(stop);
                await LoseKeysAsync(times: 20, longestPauseMs: 1_500, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    // Readers meet missing versions while writers make new ones, and what one node says or hears comes late.
    private async Task LoseKeysAsync(int times, int longestPauseMs, CancellationToken stop)
    {
        for (var i = 0; i < times; i++)
        {
            tally.Broke();
            await redis.LoseKeysAsync();
            if (random.Next(2) == 0)
            {
                await PauseAsync(0, 20, stop);
                var link = AnyNode().Redis;
                (random.Next(2) == 0 ? link.There : link.Back).HoldUp(TimeSpan.FromMilliseconds(random.Next(50, 250)));
            }

            await PauseAsync(20, longestPauseMs, stop);
        }
    }

    // Old versions come back together with the responses that were stored under them.
    private async Task GoBackInTimeAsync(CancellationToken stop)
    {
        await PauseAsync(500, 1_000, stop);
        await redis.TakeSnapshotAsync();
        await PauseAsync(1_200, 1_800, stop);
        tally.Broke();
        await redis.RestartFromSnapshotAsync();
        await PauseAsync(1_500, 2_000, stop);
    }

    private async Task CutConnectionsAsync(CancellationToken stop)
    {
        for (var i = 0; i < 4; i++)
        {
            tally.Broke();
            (random.Next(3) == 0 ? AnyNode().Postgres : AnyNode().Redis).CutAll();
            await PauseAsync(100, 900, stop);
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

    private async Task StartOverAsync(CancellationToken stop)
    {
        tally.Broke();
        await redis.RestartEmptyAsync();
        await PauseAsync(1_000, 2_000, stop);
    }

    private ApiNode AnyNode() => nodes[random.Next(nodes.Count)];

    private Task PauseAsync(int fromMs, int toMs, CancellationToken stop) => Task.Delay(random.Next(fromMs, toMs), stop);
}
