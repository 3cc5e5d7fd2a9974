namespace UsersApi.Tests.Coherence;

/// <summary>Breaks things while others read and write, one kind after the other, over and over. The first round fits into a short run.</summary>
internal sealed class Storm(IReadOnlyList<ApiNode> nodes, RedisOfTheRun[] redis, Tally tally, Random random)
    : NodeStorm(nodes, tally, random)
{
    // The one that leads; a failover changes it.
    private RedisOfTheRun _redis = redis[0];

    protected override async Task BreakAsync(CancellationToken stop)
    {
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

    // Readers meet missing versions while writers make new ones, and what one node says or hears comes late.
    private async Task LoseKeysAsync(int times, int longestPauseMs, CancellationToken stop)
    {
        for (var i = 0; i < times; i++)
        {
            Tally.Broke();
            // Without the leases, every write waits for as long as one may last: more than a few of these, and hardly any is made.
            await (Random.Next(8) switch
            {
                0 => _redis.LoseKeysAsync("*#leases"),
                1 => _redis.LoseKeysAsync(),
                _ => _redis.LoseKeysAsync("*{tag}:*"),
            });
            if (Random.Next(2) == 0)
            {
                await PauseAsync(0, 20, stop);
                HoldUp(AnyNode(), 50, 250);
            }

            await PauseAsync(20, longestPauseMs, stop);
        }
    }

    // Evictions, grants and acknowledgements come late, not at all, or over a connection that is open on one side alone.
    private async Task LoseMessagesAsync(CancellationToken stop)
    {
        for (var i = 0; i < 8; i++)
        {
            Tally.Broke();
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
            Tally.Broke();
            if (i % 2 == 0)
            {
                Array.ForEach(AnyNode().Redis, link => link.Back.HoldUp(TimeSpan.FromMilliseconds(Random.Next(300, 900))));
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
        Tally.Broke();
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
        Tally.Broke();
        await _redis.RestartFromSnapshotAsync();
        await PauseAsync(1_500, 2_000, stop);
    }

    private async Task CutConnectionsAsync(CancellationToken stop)
    {
        for (var i = 0; i < 4; i++)
        {
            Tally.Broke();
            var node = AnyNode();
            Array.ForEach(Random.Next(3) == 0 ? [node.Postgres] : node.Redis, link => link.CutAll());
            await PauseAsync(100, 900, stop);
        }

        for (var i = 0; i < 12; i++)
        {
            Tally.Broke();
            Array.ForEach(AnyNode().Redis, link => link.CutOne(Random));
            await PauseAsync(100, 600, stop);
        }
    }

    private async Task StartOverAsync(CancellationToken stop)
    {
        Tally.Broke();
        await _redis.RestartEmptyAsync();
        await PauseAsync(1_000, 2_000, stop);
    }

    private void HoldUp(ApiNode node, int fromMs, int toMs)
    {
        var (isBack, time) = (Random.Next(2) == 0, TimeSpan.FromMilliseconds(Random.Next(fromMs, toMs)));
        Array.ForEach(node.Redis, link => (isBack ? link.Back : link.There).HoldUp(time));
    }
}
