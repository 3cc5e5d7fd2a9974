using System.Diagnostics;

namespace UsersApi.Tests.Chaos;

/// <summary>Which server is in trouble; the later, the more is excused.</summary>
internal enum Trouble
{
    None,
    Redis,
    Postgres,
}

/// <summary>A stretch of a run in which the same thing is broken, or being recovered from, or nothing is.</summary>
internal sealed class Phase(string name, Trouble trouble)
{
    private const string Unavailable = "503";
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = Stopwatch.GetTimestamp();

    public string Name => name;

    public Trouble Trouble => trouble;

    /// <summary>Milliseconds of the requests begun in the first second, and of the later ones.</summary>
    public (List<float> Early, List<float> Late) Times { get; } = ([], []);

    public int Requests
    {
        get
        {
            lock (_lock)
            {
                return Times.Early.Count + Times.Late.Count;
            }
        }
    }

    /// <summary>How often something other than a right 200 came back, by what it was.</summary>
    public SortedDictionary<string, int> Failures { get; } = new(StringComparer.Ordinal);

    public void Add(Answer answer)
    {
        lock (_lock)
        {
            var isEarly = Stopwatch.GetElapsedTime(_began, answer.Asked) < Beginning;
            (isEarly ? Times.Early : Times.Late).Add((float)answer.Took.TotalMilliseconds);
            if (answer.Failure is { } failure)
            {
                Failures[failure] = Failures.GetValueOrDefault(failure) + 1;
            }
        }
    }

    /// <summary>What must not have happened.</summary>
    public IEnumerable<string> Violations() =>
        Failures.Where(failure => trouble != Trouble.Postgres || failure.Key != Unavailable).Select(failure => $"{name}: {failure.Value} x {failure.Key}");
}

/// <summary>What came of a request.</summary>
/// <param name="Asked">When it was sent: a timestamp.</param>
/// <param name="Took">Until the last byte.</param>
/// <param name="Failure">Null for a right 200; <c>503</c> for a proper one.</param>
/// <param name="IsHit">Whether the cache answered.</param>
internal readonly record struct Answer(long Asked, TimeSpan Took, string? Failure, bool IsHit);
