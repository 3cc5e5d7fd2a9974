namespace UsersApi.Tests.Scale;

/// <summary>Redis behind Sentinel, by its connection string alone: the master that Sentinel names is the one that is asked.</summary>
[TestFixture, Category("Scale"), NonParallelizable]
public sealed class RedisSentinelTests
{
    [Test]
    public async Task Failover_by_Sentinel_is_followed_and_shows_nobody_an_old_answer()
    {
        await using var sentinel = await RedisSentinel.StartAsync();
        await using var nodes = await TwoNodes.StartAsync(sentinel.ConnectionString);
        await nodes.WriteAndCheckAsync(1);

        await sentinel.Master.KillAsync();
        var round = 2;
        do
        {
            await nodes.WriteAndCheckAsync(round++);
        }
        while (!await sentinel.HasFailedOverAsync());

        await nodes.UntilHitAsync(nodes.First, "/runs/plain/1");
        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
        for (var i = 0; i < 10; i++)
            await nodes.WriteAndCheckAsync(round++);
    }
}
