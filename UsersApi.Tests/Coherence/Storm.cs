namespace UsersApi.Tests.Coherence;

/// <summary>Breaks things while others read and write, one kind after the other, over and over. The first round fits into a short run.</summary>
internal sealed class Storm(IReadOnlyList<ApiNode> nodes, RedisOfTheRun[] redis, Tally tally, Random random)
{
    // Longer than a lease: who is held up for so long comes back without one.
    private const int LongestPauseMs = 2_500;

    // The one that leads; a failover changes it.
    private RedisOfTheRun _redis = redis[0];

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            // Three processes compile themselves on these few cores first.
            await PauseAsync(8_000, 9_000, stop);
            while (true)
            {
                await BeCalmAsync(stop);
                await LoseKeysAsync(times: 12, longestPauseMs: 200, stop);
                await PauseNodesAsync(stop);
                await LoseMessagesAsync(stop);
                await LoseLeasesAsync(stop);
                await FailOverAsync(stop);
                await CutConnectionsAsync(stop);
                await GoBackInTimeAsync(stop);
                await KillNodeAsync(stop);
                await StartOverAsync(stop);
                await LoseKeysAsync(times: 20, longestPauseMs: 1_500, stop);
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

    // Nothing breaks, and there are fewer writes: hits from memory have to be the rule.
    private async Task BeCalmAsync(CancellationToken stop)
    {
        await PauseAsync(2_000, 2_500, stop);
        tally.IsCalm = true;
        await PauseAsync(3_000, 4_000, stop);
        tally.IsCalm = false;
    }

    // Readers meet missing versions while writers make new ones, and what one node says or hears comes late.
    private async Task LoseKeysAsync(int times, int longestPauseMs, CancellationToken stop)
    {
        for (var i = 0; i < times; i++)
        {
            tally.Broke();
            // Without the leases, every write waits for as long as one may last: more than a few of these, and hardly any is made.
            await (random.Next(8) switch
            {
                0 => _redis.LoseKeysAsync("*#leases"),
                1 => _redis.LoseKeysAsync(),
                _ => _redis.LoseKeysAsync("*{tag}:*"),
            });
            if (random.Next(2) == 0)
            {
                await PauseAsync(0, 20, stop);
                HoldUp(AnyNode(), 50, 250);
            }

            await PauseAsync(20, longestPauseMs, stop);
        }
    }

    // A node stops in the middle of a lease, with an eviction on its way to it, and goes on later as if nothing had been.
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

    // Evictions, grants and acknowledgements come late, not at all, or over a connection that is open on one side alone.
    private async Task LoseMessagesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 8; i++)
        {
            tally.Broke();
            await _redis.CutSubscriptionsAsync();
            if (i % 4 == 0)
            {
                HoldUp(AnyNode(), 500, LongestPauseMs);
            }

            await PauseAsync(200, 700, stop);
        }
    }

    // While a node does not hear of evictions, its lease is forgotten by all but itself.
    private async Task LoseLeasesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 8; i++)
        {
            tally.Broke();
            if (i % 2 == 0)
            {
                Array.ForEach(AnyNode().Redis, link => link.Back.HoldUp(TimeSpan.FromMilliseconds(random.Next(300, 900))));
            }
            else
            {
                await _redis.CutSubscriptionsAsync();
            }

            await PauseAsync(0, 60, stop);
            await _redis.LoseKeysAsync("*#leases");
            await PauseAsync(300, 900, stop);
        }
    }

    // The one that leads dies, and the other takes over with what it has heard so far.
    private async Task FailOverAsync(CancellationToken stop)
    {
        tally.Broke();
        var (old, next) = (_redis, redis.First(server => server != _redis));
        old.Kill();
        await next.LeadAsync();
        _redis = next;
        await PauseAsync(500, 1_500, stop);
        await old.StartAsync();
        await old.FollowAsync(next);
        await PauseAsync(2_000, 3_000, stop);
    }

    // Old versions come back together with the responses that were stored under them.
    private async Task GoBackInTimeAsync(CancellationToken stop)
    {
        await PauseAsync(500, 1_000, stop);
        await _redis.TakeSnapshotAsync();
        await PauseAsync(1_200, 1_800, stop);
        tally.Broke();
        await _redis.RestartFromSnapshotAsync();
        await PauseAsync(1_500, 2_000, stop);
    }

    private async Task CutConnectionsAsync(CancellationToken stop)
    {
        for (var i = 0; i < 4; i++)
        {
            tally.Broke();
            var node = AnyNode();
            Array.ForEach(random.Next(3) == 0 ? [node.Postgres] : node.Redis, link => link.CutAll());
            await PauseAsync(100, 900, stop);
        }

        for (var i = 0; i < 12; i++)
        {
            tally.Broke();
            Array.ForEach(AnyNode().Redis, link => link.CutOne(random));
            await PauseAsync(100, 600, stop);
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
        await _redis.RestartEmptyAsync();
        await PauseAsync(1_000, 2_000, stop);
    }

    private void HoldUp(ApiNode node, int fromMs, int toMs)
    {
        var (isBack, time) = (random.Next(2) == 0, TimeSpan.FromMilliseconds(random.Next(fromMs, toMs)));
        Array.ForEach(node.Redis, link => (isBack ? link.Back : link.There).HoldUp(time));
    }

    private ApiNode AnyNode() => nodes[random.Next(nodes.Count)];

    private Task PauseAsync(int fromMs, int toMs, CancellationToken stop) => Task.Delay(random.Next(fromMs, toMs), stop);
}
