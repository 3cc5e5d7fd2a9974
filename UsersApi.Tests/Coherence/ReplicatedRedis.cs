namespace UsersApi.Tests.Coherence;

/// <summary>A Redis with a replica, and a proxy between each node and each of the two.</summary>
internal sealed class ReplicatedRedis : IRedisStage
{
    private readonly RedisOfTheRun[] _servers = [new(), new()];

    public int Nodes => 3;

    public async Task StartAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.StartAsync()));
        await _servers[1].FollowAsync(_servers[0]);
    }

    public ApiNode CreateNode(string postgres, int seed) => ApiNode.BehindProxies(postgres, _servers.Select(server => server.Port), seed);

    public Task StormAsync(IReadOnlyList<ApiNode> nodes, Tally tally, Random random, CancellationToken stop) =>
        new Storm(nodes, _servers, tally, random).RunAsync(stop);

    public ValueTask DisposeAsync()
    {
        Array.ForEach(_servers, server => server.Dispose());
        return ValueTask.CompletedTask;
    }
}
