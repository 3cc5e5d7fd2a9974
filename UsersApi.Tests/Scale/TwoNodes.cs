using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Scale;

/// <summary>Two nodes of one application on the machine's own clock, and one answer that both compute from the same place.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes(CachedHost first, CachedHost second) => (First, Second) = (first, second);

    public CachedHost First { get; }

    public CachedHost Second { get; }

    public string Prefix => First.Prefix;

    /// <summary>How often actions have run on either node.</summary>
    public int Runs => First.Services.GetRequiredService<Runs>().Count + Second.Services.GetRequiredService<Runs>().Count;

    public static async Task<TwoNodes> StartAsync(string redis)
    {
        var first = await StartNodeAsync(redis, null);
        var nodes = new TwoNodes(first, await StartNodeAsync(redis, first.Prefix));
        nodes.Answer("body");
        await nodes.UntilHitAsync(nodes.Second, "/runs/plain/1");
        return nodes;
    }

    /// <summary>What the source of both nodes says from now on.</summary>
    public void Answer(string body)
    {
        foreach (var node in (CachedHost[])[First, Second])
            node.Services.GetRequiredService<Runs>().AnswerFromNowOn(body);
    }

    /// <summary>
    /// Changes the source, writes on one node, and reads on both at once after the acknowledgement. While Redis has no master, a write
    /// may be acknowledged whose eviction is owed: the other node, which may have found the new master already, goes on until it is made.
    /// </summary>
    public async Task WriteAndCheckAsync(int round, bool mayBeOwed = false)
    {
        var (writer, reader) = round % 2 == 0 ? (First, Second) : (Second, First);
        await reader.ExchangeAsync("GET", "/runs/plain/1");
        var body = $"round {round}";
        Answer(body);
        var write = await writer.ExchangeAsync("PUT", "/runs/plain/1");
        var isOwed = mayBeOwed && !writer.Services.GetRequiredService<OwedTags>().IsEmpty;
        var reads = await Task.WhenAll(reader.ExchangeAsync("GET", "/runs/plain/1"), writer.ExchangeAsync("GET", "/runs/plain/1"));
        Assert.That((write.Status, reads[1].Text), Is.EqualTo((204, body)), reads[1].Outcome);
        if (!isOwed)
            Assert.That(reads[0].Text, Is.EqualTo(body), reads[0].Outcome);
    }

    public async Task UntilHitAsync(CachedHost node, string target)
    {
        var deadline = DateTime.UtcNow + Caching.Host.Runs.Deadline;
        while (!(await node.ExchangeAsync("GET", target)).Outcome.StartsWith("hit", StringComparison.Ordinal))
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException("No hit came.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private static Task<CachedHost> StartNodeAsync(string redis, string? prefix) => RunsController.StartAsync(
        new() { ["VersionsTimeout"] = "00:00:00.200" }, services => services.AddSingleton(TimeProvider.System), redis: redis, prefix: prefix);
}
