namespace UsersApi.Tests.Coherence;

/// <summary>The Redis of a run, the nodes that it takes, and the storm that fits it.</summary>
internal interface IRedisStage : IAsyncDisposable
{
    int Nodes { get; }

    Task StartAsync();

    /// <summary>A node of the API in front of this Redis.</summary>
    ApiNode CreateNode(string postgres, int seed);

    /// <summary>Breaks things until it is stopped.</summary>
    Task StormAsync(IReadOnlyList<ApiNode> nodes, Tally tally, Random random, CancellationToken stop);
}
