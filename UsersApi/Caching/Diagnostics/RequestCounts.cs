namespace UsersApi.Caching.Diagnostics;

/// <summary>
/// What became of clients' requests since the start, by route. A hit adds one to a number, whether somebody collects it or not: a
/// counter that is told of each request would look its words up each time.
/// </summary>
internal sealed class RequestCounts
{
    private static readonly CacheOutcome[] Outcomes = Enum.GetValues<CacheOutcome>();

    private readonly ConcurrentDictionary<string, long[]> _routes = new();

    /// <summary>All that are not 0, under the templates of the routes.</summary>
    public IEnumerable<(string Route, CacheOutcome Outcome, long Count)> All =>
        from route in _routes
        from outcome in Outcomes
        let count = Volatile.Read(ref route.Value[(int)outcome])
        where count > 0
        select (route.Key, outcome, count);

    public void Add(string route, CacheOutcome outcome) =>
        Interlocked.Increment(ref _routes.GetOrAdd(route, static _ => new long[Outcomes.Length])[(int)outcome]);
}
