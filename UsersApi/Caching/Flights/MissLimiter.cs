using System.Diagnostics.CodeAnalysis;

namespace UsersApi.Caching.Flights;

/// <summary>Bounds how many cached actions run at the same time on this node.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Nobody asks for its wait handle, and an action may end after the host.")]
internal sealed class MissLimiter(IOptions<RedisCachedOptions> options, TimeProvider time)
{
    private readonly SemaphoreSlim _permits = new(options.Value.MaxRunningMisses);

    /// <summary>A permit, to be given back by disposing of it; null where none came in time.</summary>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken aborted)
    {
        if (_permits.Wait(0, CancellationToken.None))
            return new Permit(_permits);

        using var limit = new CancellationTokenSource(options.Value.MissWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        try
        {
            await _permits.WaitAsync(either.Token);
            return new Permit(_permits);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class Permit(SemaphoreSlim permits) : IDisposable
    {
        private bool _isReturned;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isReturned, true))
                permits.Release();
        }
    }
}
