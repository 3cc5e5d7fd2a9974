namespace UsersApi.Caching.Capture;

/// <summary>What an action has read of its request that its key does not hold.</summary>
internal sealed class InputReads
{
    private readonly ConcurrentQueue<(CacheOutcome Kind, string Name)> _all = new();

    /// <summary>The headers among them, each once.</summary>
    public IEnumerable<string> Headers => _all.Where(read => read.Kind is CacheOutcome.UndeclaredHeader)
        .Select(read => read.Name).Distinct(StringComparer.OrdinalIgnoreCase);

    public void Note(CacheOutcome kind, string name)
    {
        if (!_all.Contains((kind, name)))
            _all.Enqueue((kind, name));
    }

    /// <summary>The first that is none of these headers: why the answer is not stored, and its name for the log.</summary>
    public (CacheOutcome Kind, string Name)? FirstBeyond(IReadOnlyCollection<string> headers) => _all
        .Where(read => read.Kind is not CacheOutcome.UndeclaredHeader || !headers.Contains(read.Name, StringComparer.OrdinalIgnoreCase))
        .Select(read => ((CacheOutcome, string)?)read).FirstOrDefault();
}
