using System.Threading.Channels;

namespace UsersApi.Caching.Versions;

/// <summary>Collects, for the evictions of this node that are under way, which holders have dropped the versions.</summary>
internal sealed class Acknowledgements
{
    private readonly ConcurrentDictionary<string, Channel<string>> _expected = new(StringComparer.Ordinal);

    /// <summary>Begins to collect, before the eviction is sent: holders may be faster than its reply.</summary>
    public void Expect(string id) => _expected[id] = Channel.CreateUnbounded<string>();

    /// <summary>Gives up collecting: the eviction failed.</summary>
    public void Forget(string id) => _expected.TryRemove(id, out _);

    /// <summary>Takes one message of a holder: its name, then the id of what it has dropped.</summary>
    public void Handle(string message)
    {
        if (message.Split('\n') is [var node, var id])
            Acknowledge(id, node);
    }

    public void Acknowledge(string id, string node)
    {
        if (_expected.TryGetValue(id, out var nodes))
            nodes.Writer.TryWrite(node);
    }

    /// <summary>Waits until all who held a lease have acknowledged, or for so long, and ends the collecting.</summary>
    /// <returns>Those that have not.</returns>
    public async Task<IReadOnlyCollection<string>> WaitAsync(Eviction eviction, TimeSpan limit, TimeProvider time)
    {
        var nodes = _expected[eviction.Id].Reader;
        var silent = eviction.Holders.ToHashSet(StringComparer.Ordinal);
        using var over = new CancellationTokenSource(limit, time);
        try
        {
            // What has come counts, even where there is no time left to wait.
            while (silent.Count > 0)
                silent.Remove(nodes.TryRead(out var node) ? node : await nodes.ReadAsync(over.Token));
        }
        catch (OperationCanceledException)
        {
            // The leases of those who stayed silent have run out.
        }

        Forget(eviction.Id);
        return silent;
    }
}
