using System.Collections.Concurrent;
using System.Diagnostics;

namespace UsersApi.Tests.Coherence;

/// <summary>
/// What was acknowledged, and what was seen. A row's version grows with every write that happened, acknowledged or not, and
/// nobody else writes: so a read is too old exactly if its version is below one that was acknowledged before the read began.
/// </summary>
internal sealed class History(int nodes)
{
    private readonly long[] _acknowledged = [.. Enumerable.Repeat(1L, Population.Count)];
    private readonly long[][] _acknowledgedAt = [.. Enumerable.Range(0, nodes).Select(_ => new long[Population.Count])];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _lastWritten = new int[nodes];
    private readonly ConcurrentDictionary<(int User, long Version), string> _names = new();

    public int Nodes => nodes;

    /// <summary>To be called before the request is sent: the oldest versions that it may bring back.</summary>
    public void CopyFloors(Target target, Span<long> floors)
    {
        for (var i = 0; i < target.Users.Length; i++)
        {
            floors[i] = Volatile.Read(ref _acknowledged[target.Users[i]]);
        }
    }

    /// <summary>Whether one of these users was acknowledged by another node no longer ago than this.</summary>
    public bool WasJustWrittenElsewhere(Target target, int node, TimeSpan within)
    {
        var since = Stopwatch.GetTimestamp() - (long)(within.TotalSeconds * Stopwatch.Frequency);
        foreach (var user in target.Users)
        {
            for (var other = 0; other < nodes; other++)
            {
                if (other != node && Volatile.Read(ref _acknowledgedAt[other][user]) >= since)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The user that this node acknowledged last.</summary>
    public int LastWrittenBy(int node) => Volatile.Read(ref _lastWritten[node]);

    /// <summary>Completed when a write is acknowledged, by any node.</summary>
    public Task NextAcknowledgement => Volatile.Read(ref _next).Task;

    /// <summary>To be called when the response to a write has arrived: from now on nobody may see an older version.</summary>
    public void Acknowledge(int node, Sighting written)
    {
        Volatile.Write(ref _lastWritten[node], written.User);
        Volatile.Write(ref _acknowledgedAt[node][written.User], Stopwatch.GetTimestamp());
        ref var floor = ref _acknowledged[written.User];
        for (var known = Volatile.Read(ref floor); known < written.Version;)
        {
            known = Interlocked.CompareExchange(ref floor, written.Version, known);
        }

        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Whether everybody who saw this version of this user saw the same.</summary>
    public bool IsConsistent(Sighting sighting) => _names.GetOrAdd((sighting.User, sighting.Version), sighting.Name) == sighting.Name;
}
