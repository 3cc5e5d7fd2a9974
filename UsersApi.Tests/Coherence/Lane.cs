using System.Diagnostics;

namespace UsersApi.Tests.Coherence;

/// <summary>One direction through a proxy: how long what goes there is under way.</summary>
/// <param name="seed">Decides the delays.</param>
/// <param name="slowShare">How often it takes as long as if it had to wait for a lock.</param>
internal sealed class Lane(int seed, double slowShare)
{
    private int _seed = seed;
    private long _heldUpUntil;

    /// <summary>For one connection: the delays of its pieces.</summary>
    public Random NewDelays() => new(Interlocked.Increment(ref _seed));

    /// <summary>From now on, and for so long, nothing gets through.</summary>
    public void HoldUp(TimeSpan time) =>
        Volatile.Write(ref _heldUpUntil, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Mostly up to 10 ms, sometimes some tens; where something is slow, up to 200; as long as it is held up.</summary>
    public TimeSpan NextDelay(Random delays)
    {
        var (from, to) = delays.NextDouble() < slowShare ? (50, 200) : delays.NextDouble() switch
        {
            < 0.30 => (0, 0),
            < 0.95 => (0, 10),
            _ => (10, 50),
        };
        var delay = TimeSpan.FromMilliseconds(from + ((to - from) * delays.NextDouble()));
        var heldUp = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Volatile.Read(ref _heldUpUntil));
        return heldUp > delay ? heldUp : delay;
    }
}
