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
    private readonly Collapser<Landing> _collapser = new();
    // An answer that could not be stored keeps others from queueing up behind the next one.
    private readonly RecentKeys _uncacheable = new(TimeSpan.FromSeconds(2), time);
    private readonly RecentKeys _failed = new(options.Value.FailureMemory, time);

    /// <summary>
    /// Waits for the response that another request is computing. Without one, this request runs the action itself: with the
    /// flight that it has to land, or, where nothing is to be shared, without.
    /// </summary>
    /// <exception cref="OperationCanceledException">This request's own client went away.</exception>
    public async ValueTask<(Landing? Landing, CacheFlight? Lead)> JoinAsync(string key, CancellationToken aborted)
    {
        var (began, limit) = (time.GetTimestamp(), options.Value.CollapseWait);
        while (!_uncacheable.Contains(key))
        {
            var flight = _collapser.Join(key, out var isLeader);
            if (isLeader)
                return (null, flight);

            var left = limit - time.GetElapsedTime(began);
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

    /// <summary>The flight for this key, if nobody else leads it.</summary>
    public CacheFlight? TryLead(string key)
    {
        var flight = _collapser.Join(key, out var isLeader);
        return isLeader ? flight : null;
    }

    public void RememberUncacheable(string key) => _uncacheable.Add(key);

    /// <summary>Remembers that the action failed, for <see cref="RedisCachedOptions.FailureMemory"/>.</summary>
    public void RememberFailure(string key) => _failed.Add(key);

    public bool HasFailed(string key) => _failed.Contains(key);
}
