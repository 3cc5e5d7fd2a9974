using System.Threading.RateLimiting;

namespace UsersApi.Caching.Flights;

/// <summary>Bounds how many cached actions run at the same time on this node.</summary>
internal sealed class MissLimiter(IOptions<RedisCachedOptions> options, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new()
    {
        PermitLimit = options.Value.MaxRunningMisses,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>A turn, to be given back by disposing of it; not acquired where none came in time.</summary>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<RateLimitLease> EnterAsync(CancellationToken aborted)
    {
        if (_limiter.AttemptAcquire() is { IsAcquired: true } free)
            return free;

        using var limit = new CancellationTokenSource(options.Value.MissWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            return await _limiter.AcquireAsync(1, either.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return _limiter.AttemptAcquire();
        }
    }

    public void Dispose() => _limiter.Dispose();
}
