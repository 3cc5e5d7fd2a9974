global using CacheFlight = UsersApi.Caching.Flights.Collapser<UsersApi.Caching.Flights.Landing>.Flight;

namespace UsersApi.Caching.Flights;

/// <summary>How a flight ended.</summary>
/// <param name="Entry">A response for all who wait; null where it is for its own client alone.</param>
/// <param name="IsElsewhere">Whether it is stored under another key: who waits looks up once more.</param>
internal sealed record Landing(CacheEntry? Entry, bool IsElsewhere = false)
{
    public static readonly Landing NotShareable = new(Entry: null);
    public static readonly Landing Elsewhere = new(Entry: null, IsElsewhere: true);
}

/// <summary>
/// The actions under way on this node, by key and stamp: who came after an eviction never shares a response from before it.
/// </summary>
internal sealed class CacheFlights(IOptions<RedisCachedOptions> options, TimeProvider time)
{
    /// <summary>How long an answer that could not be stored keeps others from queueing up behind the next one.</summary>
    public static readonly TimeSpan UncacheableFor = TimeSpan.FromSeconds(2);

    private readonly Collapser<Landing> _collapser = new();

    /// <summary>Whose answers could not be stored: nobody waits for the next one.</summary>
    public RecentKeys Uncacheable { get; } = new(UncacheableFor, time);

    /// <summary>What was renewed before its end: once a second, however many ask for it and whatever comes of it.</summary>
    public RecentKeys Refreshed { get; } = new(TimeSpan.FromSeconds(1), time);

    /// <summary>Whose action has failed, for <see cref="RedisCachedOptions.FailureMemory"/>.</summary>
    public RecentKeys Failed { get; } = new(options.Value.FailureMemory, time);

    /// <summary>
    /// Waits for the response that another request is computing. Without one, this request runs the action itself: with the
    /// flight that it has to land, or, where nothing is to be shared, without.
    /// </summary>
    /// <param name="key">What is to be computed.</param>
    /// <param name="since">The timestamp from which on this request has waited for others.</param>
    /// <param name="aborted">This request's own client went away.</param>
    /// <exception cref="OperationCanceledException">This request's own client went away.</exception>
    public async ValueTask<(Landing? Landing, CacheFlight? Lead)> JoinAsync(string key, long since, CancellationToken aborted)
    {
        while (!Uncacheable.Contains(key))
        {
            var flight = _collapser.Join(key, out var isLeader);
            if (isLeader)
                return (null, flight);

            var left = TimeLeft(since);
            if (left < TimeSpan.Zero)
                break;

            try
            {
                if (await flight.Landing.WaitAsync(left, time, aborted) is { } landed)
                    return (landed, null);
            }
            catch (TimeoutException)
            {
                break;
            }
        }

        return default;
    }

    /// <summary>How much longer a request waits for others, before it runs the action itself.</summary>
    public TimeSpan TimeLeft(long since) => options.Value.CollapseWait - time.GetElapsedTime(since);

    /// <summary>The flight for this key, if nobody else leads it.</summary>
    public CacheFlight? TryLead(string key) => _collapser.TryLead(key);
}
