namespace UsersApi.Caching.Flights;

/// <summary>Lets concurrent callers of one key share one computation. It knows neither caches nor HTTP.</summary>
internal sealed class Collapser<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, Flight> _flights = new(StringComparer.Ordinal);

    /// <summary>The computation under way for this key, or a new one, which the caller must land.</summary>
    public Flight Join(string key, out bool isLeader)
    {
        var mine = new Flight(this, key);
        var flight = _flights.GetOrAdd(key, mine);
        isLeader = ReferenceEquals(flight, mine);
        if (!isLeader)
            flight.Follow();

        return flight;
    }

    /// <summary>A new computation, where none is under way for this key; whoever leads that one is not joined.</summary>
    public Flight? TryLead(string key)
    {
        var mine = new Flight(this, key);
        return _flights.TryAdd(key, mine) ? mine : null;
    }

    /// <summary>One computation. Disposed of without a result, it failed, and one of those who wait takes over.</summary>
    internal sealed class Flight(Collapser<T> owner, string key) : IDisposable
    {
        // Each waiter goes on by itself: a thousand of them must not run on the leader's thread.
        private readonly TaskCompletionSource<T?> _landing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _followers;

        /// <summary>How many others have joined.</summary>
        public int Followers => Volatile.Read(ref _followers);

        /// <summary>What keeps other nodes from computing the same; given back when the flight lands, unless it is taken over.</summary>
        public ClusterClaim? Claim { get; set; }

        /// <summary>The result; null when the leader failed.</summary>
        public Task<T?> Landing => _landing.Task;

        public void Land(T? result)
        {
            // First out of the table: who joins from now on finds what the leader stored, or leads.
            Close();
            _landing.TrySetResult(result);
            Claim?.Dispose();
        }

        public void Follow() => Interlocked.Increment(ref _followers);

        /// <summary>Nobody joins any more; those who have go on waiting.</summary>
        public void Close() => owner._flights.TryRemove(KeyValuePair.Create(key, this));

        public void Dispose() => Land(null);
    }
}
