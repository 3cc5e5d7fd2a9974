global using CacheFlight = UsersApi.Caching.Flights.Collapser<UsersApi.Caching.Flights.Landing>.Flight;

namespace UsersApi.Caching.Flights;

/// <summary>How a flight ended.</summary>
/// <param name="Entry">A response for all who wait; null where it is for its own client alone.</param>
/// <param name="IsElsewhere">Whether it is stored under another key: who waits looks up once more.</param>
internal sealed record Landing(CacheEntry? Entry, bool IsElsewhere = false);

/// <summary>
/// The actions under way on this node, by key and stamp: who came after an eviction never shares a response from before it.
/// </summary>
internal sealed class CacheFlights(IOptions<RedisCachedOptions> options, TimeProvider time)
{
    /// <summary>How long an answer that could not be stored keeps others from queueing up behind the next one.</summary>
    public static readonly TimeSpan UncacheableFor = TimeSpan.FromSeconds(2);

    private readonly Collapser<Landing> _collapser = new();
    private readonly RecentKeys _uncacheable = new(UncacheableFor, time);
    private readonly RecentKeys _refreshed = new(TimeSpan.FromSeconds(1), time);
    private readonly RecentKeys _failed = new(options.Value.FailureMemory, time);

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
        while (!_uncacheable.Contains(key))
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
    public CacheFlight? TryLead(string key)
    {
        var flight = _collapser.Join(key, out var isLeader);
        return isLeader ? flight : null;
    }

    /// <summary>
    /// Whether a response may be renewed before its end now: once a second, however many ask for it and whatever comes of it.
    /// </summary>
    public bool MayRefresh(string key)
    {
        if (_refreshed.Contains(key))
            return false;

        _refreshed.Add(key);
        return true;
    }

    public void RememberUncacheable(string key) => _uncacheable.Add(key);

    /// <summary>Remembers that the action failed, for <see cref="RedisCachedOptions.FailureMemory"/>.</summary>
    public void RememberFailure(string key) => _failed.Add(key);

    public bool HasFailed(string key) => _failed.Contains(key);
}
