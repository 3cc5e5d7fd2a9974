namespace UsersApi.Caching.Versions;

/// <summary>Collects, for the evictions of this node that are under way, which holders have dropped the versions.</summary>
internal sealed class Acknowledgements
{
    private readonly ConcurrentDictionary<string, Pending> _pending = new(StringComparer.Ordinal);

    /// <summary>Begins to collect, before the eviction is sent: holders may be faster than its reply.</summary>
    public Pending Expect(string id) => _pending[id] = new Pending(this, id);

    /// <summary>Takes one message of a holder: its name, then the ids of what it has dropped, one a line.</summary>
    public void Handle(string message)
    {
        var lines = message.Split('\n');
        foreach (var id in lines.Skip(1))
            Acknowledge(id, lines[0]);
    }

    public void Acknowledge(string id, string node)
    {
        if (_pending.TryGetValue(id, out var pending))
            pending.Add(node);
    }

    internal sealed class Pending(Acknowledgements owner, string id) : IDisposable
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
        private HashSet<string>? _silent;

        /// <summary>Waits until all these holders have acknowledged, or for so long.</summary>
        /// <returns>Those that have not.</returns>
        public async Task<IReadOnlyList<string>> WaitAsync(IReadOnlyList<string> holders, TimeSpan limit, TimeProvider time)
        {
            lock (_acknowledged)
                _silent = [.. holders.Except(_acknowledged)];

            CompleteIfAll();
            await _complete.Task.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_acknowledged)
                return [.. _silent];
        }

        public void Add(string node)
        {
            lock (_acknowledged)
            {
                _acknowledged.Add(node);
                _silent?.Remove(node);
            }

            CompleteIfAll();
        }

        public void Dispose() => owner._pending.TryRemove(id, out _);

        private void CompleteIfAll()
        {
            lock (_acknowledged)
            {
                if (_silent is not { Count: 0 })
                    return;
            }

            _complete.TrySetResult();
        }
    }
}
