using UsersApi.Tests.Scale;

namespace UsersApi.Tests.Coherence;

/// <summary>A Redis Cluster of three masters with a replica each. Its servers name each other, so that no proxy stands before them.</summary>
internal sealed class ClusteredRedis : IRedisStage
{
    private RedisCluster? _cluster;

    public int Nodes => 4;

    public async Task StartAsync() => _cluster = await RedisCluster.StartAsync();

    public ApiNode CreateNode(string postgres, int seed) => new(postgres, _cluster!.ConnectionString, seed);

    public Task StormAsync(IReadOnlyList<ApiNode> nodes, Tally tally, Random random, CancellationToken stop) =>
        new ClusterStorm(nodes, _cluster!, tally, random).RunAsync(stop);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
