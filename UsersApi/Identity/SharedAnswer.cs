namespace UsersApi.Identity;

/// <summary>Asks a question once for all who want to know it at the same time, and remembers the answer for a while.</summary>
/// <param name="ask">Asks. None of those who wait ends it by going away.</param>
/// <param name="memory">For how long an answer, or a failure, is remembered.</param>
/// <param name="clock">Tells how old it is.</param>
internal sealed class SharedAnswer<T>(Func<Task<T>> ask, Func<Task<T>, TimeSpan> memory, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private Task<T>? _last;
    private long _at;

    /// <summary>The answer that is remembered, or the one that is on its way.</summary>
    public Task<T> GetAsync()
    {
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(Interlocked.Read(ref _at)) >= memory(_last)))
            {
                _last = Task.Run(AskAsync, CancellationToken.None);
            }

            return _last;
        }
    }

    private async Task<T> AskAsync()
    {
        try
        {
            return await ask();
        }
        finally
        {
            Interlocked.Exchange(ref _at, clock.GetTimestamp());
        }
    }
}
