using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace UsersApi.Tests.Coherence;

/// <summary>Counts what was checked, what made it hard, and what was wrong.</summary>
internal sealed class Tally(int seed) : IDisposable
{
    private const int Enough = 10;

    private long _started = Stopwatch.GetTimestamp();
    private TimeSpan _took;
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly CancellationTokenSource _enough = new();
    private long _reads;
    private long _hits;
    private long _calmReads;
    private long _calmHits;
    private long _hardReads;
    private volatile bool _isCalm;
    private long _writes;
    private long _unanswered;
    private int _breakages;
    private int _canary;

    public long Reads => Volatile.Read(ref _reads);

    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Whether nothing is broken at the moment.</summary>
    public bool IsCalm { get => _isCalm; set => _isCalm = value; }

    /// <summary>The share of hits among the reads while nothing was broken.</summary>
    public double CalmHitShare => (double)Volatile.Read(ref _calmHits) / Math.Max(1, Volatile.Read(ref _calmReads));

    public long HardReads => Volatile.Read(ref _hardReads);

    public long Writes => Volatile.Read(ref _writes);

    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Cancelled when there is no point in going on.</summary>
    public CancellationToken EnoughViolations => _enough.Token;

    /// <summary>To be called when everything is there: seconds are counted from here.</summary>
    public void Start() => _started = Stopwatch.GetTimestamp();

    /// <summary>To be called when nobody reads or writes any more.</summary>
    public void Stop() => _took = Stopwatch.GetElapsedTime(_started);

    public void Read(bool isHit, bool isHard)
    {
        Interlocked.Increment(ref _reads);
        Interlocked.Add(ref _hits, isHit ? 1 : 0);
        Interlocked.Add(ref _calmReads, IsCalm ? 1 : 0);
        Interlocked.Add(ref _calmHits, IsCalm && isHit ? 1 : 0);
        Interlocked.Add(ref _hardReads, isHard ? 1 : 0);
    }

    public void Write() => Interlocked.Increment(ref _writes);

    /// <summary>Nothing follows from it: a read was not answered, or a write may or may not have happened.</summary>
    public void Unanswered() => Interlocked.Increment(ref _unanswered);

    public void Broke() => Interlocked.Increment(ref _breakages);

    /// <summary>
    /// Counts what a node's canary reports: hits that were still served ten seconds after their action gave something else. After a crash
    /// between a commit and its eviction that may be so until the write is relayed, and is no violation by itself.
    /// </summary>
    public void Hear(string line)
    {
        if (!line.Contains("CacheCanary[1100]", StringComparison.Ordinal))
            return;

        Interlocked.Increment(ref _canary);
        TestContext.Progress.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"after {Stopwatch.GetElapsedTime(_started).TotalSeconds:N1} s: {line}"));
    }

    public void Violation(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"after {Stopwatch.GetElapsedTime(_started).TotalSeconds:N1} s: {what}");
        _violations.Enqueue(line);
        TestContext.Progress.WriteLine(line);
        if (_violations.Count >= Enough)
        {
            _enough.Cancel();
        }
    }

    public void Dispose() => _enough.Dispose();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"coherence: {_took.TotalSeconds:N0} s, seed {seed}: {Reads:N0} reads ({Hits:N0} hits, {CalmHitShare:P0} while nothing was broken), {HardReads:N0} hard reads, {Writes:N0} acknowledged writes, {_unanswered:N0} unanswered, {_breakages:N0} breakages, {_canary:N0} reports of canaries, {_violations.Count} violations");
}
