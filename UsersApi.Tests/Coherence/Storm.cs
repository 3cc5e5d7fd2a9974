namespace UsersApi.Tests.Coherence;

/// <summary>Breaks things while others read and write, one kind after the other, over and over.</summary>
internal sealed class Storm(IReadOnlyList<ApiNode> nodes, RedisOfTheRun redis, Tally tally, Random random)
{
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await LoseKeysAsync(times: 30, longestPauseMs: 200, stop);
                await GoBackInTimeAsync(stop);
                await CutConnectionsAsync(stop);
                await KillNodeAsync(stop);
                await StartOverAsync(stop);
                await LoseKeysAsync(times: 40, longestPauseMs: 600, stop);
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
            await redis.LoseKeysAsync();
            if (random.Next(2) == 0)
            {
                await PauseAsync(0, 20, stop);
                var link = nodes[random.Next(nodes.Count)].Redis;
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
        await PauseAsync(1_500, 2_500, stop);
        await redis.RestartFromSnapshotAsync();
        await PauseAsync(2_000, 2_500, stop);
    }

    private async Task CutConnectionsAsync(CancellationToken stop)
    {
        for (var i = 0; i < 6; i++)
        {
            var node = nodes[random.Next(nodes.Count)];
            (random.Next(3) == 0 ? node.Postgres : node.Redis).CutAll();
            await PauseAsync(100, 900, stop);
        }
    }

    private async Task KillNodeAsync(CancellationToken stop)
    {
        var node = nodes[random.Next(nodes.Count)];
        node.Kill();
        await node.StartAsync();
        await PauseAsync(500, 1_500, stop);
    }

    private async Task StartOverAsync(CancellationToken stop)
    {
        await redis.RestartEmptyAsync();
        await PauseAsync(1_000, 2_000, stop);
    }

    private Task PauseAsync(int fromMs, int toMs, CancellationToken stop)
    {
        tally.Broke();
        return Task.Delay(random.Next(fromMs, toMs), stop);
    }
}
