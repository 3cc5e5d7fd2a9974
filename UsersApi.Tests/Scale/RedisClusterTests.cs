namespace UsersApi.Tests.Scale;

/// <summary>A Redis Cluster, by its connection string alone: the guarantee is the same, and entries are spread over the masters.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.SingleInstance), NonParallelizable]
public sealed class RedisClusterTests
{
    private RedisCluster _cluster = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _cluster = await RedisCluster.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _cluster.DisposeAsync();

    [Test]
    public async Task Entries_of_one_node_are_hits_of_the_other_and_are_spread_over_the_masters()
    {
        await using var nodes = await TwoNodes.StartAsync(_cluster.ConnectionString);
        for (var id = 1; id <= 60; id++)
            await nodes.First.ExchangeAsync("GET", $"/runs/plain/{id}");

        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/60");
        var found = new List<int>();
        foreach (var server in _cluster.Servers.Take(3))
            found.Add((await RedisCluster.CliAsync(server, "--scan", "--pattern", nodes.Prefix + "v*:get:*")).Split('\n').Length - 1);

        Assert.That(found, Has.All.GreaterThan(5));
    }

    [Test]
    public async Task Writes_on_one_node_are_seen_by_the_other_and_hits_ask_nobody()
    {
        await using var nodes = await TwoNodes.StartAsync(_cluster.ConnectionString);
        for (var round = 0; round < 30; round++)
            await nodes.WriteAndCheckAsync(round);

        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
        var (master, _) = await _cluster.HoldersOfAsync(nodes.Prefix + "v1:{tag}#leases");
        var commands = await master.MonitorAsync(async () =>
        {
            for (var i = 0; i < 200; i++)
                await nodes.Second.ExchangeAsync("GET", "/runs/plain/1");
        });
        Assert.That(commands.Count(line => line.Contains(nodes.Prefix, StringComparison.Ordinal)), Is.LessThan(60));
    }

    [Test]
    public async Task Identical_misses_on_two_nodes_run_the_action_once()
    {
        await using var nodes = await TwoNodes.StartAsync(_cluster.ConnectionString);
        var before = nodes.Runs;
        for (var id = 1; id <= 20; id++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10)
                .Select(i => (i % 2 == 0 ? nodes.First : nodes.Second).ExchangeAsync("GET", $"/runs/across/{id}")));
        }

        Assert.That(nodes.Runs - before, Is.EqualTo(20));
    }

    [TestCase(false), TestCase(true)]
    public async Task Failover_of_the_master_of_versions_shows_nobody_an_old_answer(bool isKilled)
    {
        await using var nodes = await TwoNodes.StartAsync(_cluster.ConnectionString);
        await nodes.WriteAndCheckAsync(1);
        var key = nodes.Prefix + "v1:{tag}#leases";
        var (master, replica) = await _cluster.HoldersOfAsync(key);

        if (isKilled)
            await master.KillAsync();
        else
            await RedisCluster.CliAsync(replica, "CLUSTER", "FAILOVER");

        try
        {
            var round = 2;
            await _cluster.UntilAsync(async () =>
            {
                await nodes.WriteAndCheckAsync(round++, mayBeOwed: true);
                return (await RedisCluster.CliAsync(replica, "ROLE")).StartsWith("master", StringComparison.Ordinal);
            });
            await nodes.UntilHitAsync(nodes.First, "/runs/plain/1");
            await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
            for (var i = 0; i < 10; i++)
                await nodes.WriteAndCheckAsync(round++);
        }
        finally
        {
            // The tests after this one need the whole cluster.
            if (isKilled)
                await master.BeginAsync();
        }
    }

    [Test]
    public async Task Versions_whose_slot_moves_to_another_master_show_nobody_an_old_answer()
    {
        await using var nodes = await TwoNodes.StartAsync(_cluster.ConnectionString);
        await nodes.WriteAndCheckAsync(1);
        var moving = _cluster.MoveAsync(nodes.Prefix + "v1:{tag}#leases");
        var round = 2;
        do
        {
            await nodes.WriteAndCheckAsync(round++);
        }
        while (!moving.IsCompleted);

        await moving;
        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
        await nodes.WriteAndCheckAsync(round);
    }
}
