namespace UsersApi.Tests.Chaos;

/// <summary>The phases of a run, one after the other.</summary>
internal sealed class Timeline
{
    private readonly List<Phase> _phases = [new("warming up", Trouble.None)];
    private readonly Lock _lock = new();

    public IReadOnlyList<Phase> Phases
    {
        get
        {
            lock (_lock)
            {
                return [.. _phases];
            }
        }
    }

    /// <summary>The number of the phase that it is now.</summary>
    public int Now
    {
        get
        {
            lock (_lock)
            {
                return _phases.Count - 1;
            }
        }
    }

    public Phase Begin(string name, Trouble trouble)
    {
        var phase = new Phase(name, trouble);
        lock (_lock)
        {
            _phases.Add(phase);
        }

        return phase;
    }

    /// <summary>Enters an answer under the worst that happened while it was waited for.</summary>
    public void Add(int began, Answer answer)
    {
        Phase worst;
        lock (_lock)
        {
            worst = _phases[began..].MaxBy(phase => phase.Trouble)!;
        }

        worst.Add(answer);
    }
}
