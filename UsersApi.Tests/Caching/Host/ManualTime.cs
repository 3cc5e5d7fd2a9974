namespace UsersApi.Tests.Caching.Host;

/// <summary>A clock that a test sets; timers go off when it passes them, and a test can wait until somebody waits for one.</summary>
internal sealed class ManualTime : TimeProvider
{
    // Two hosts of one test read the same clock.
    private static readonly long Start = System.GetUtcNow().Ticks;

    private readonly Lock _lock = new();
    private readonly HashSet<ManualTimer> _timers = [];
    private readonly List<(TimeSpan Due, int Count, TaskCompletionSource Reached)> _watches = [];
    private long _ticks = Start;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var now = Interlocked.Add(ref _ticks, by.Ticks);
        ManualTimer[] due;
        lock (_lock)
        {
            due = [.. _timers.Where(timer => timer.At <= now)];
            _timers.ExceptWith(due);
            Look();
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until exactly so many timers of this length are under way.</summary>
    public Task TimersAsync(TimeSpan due, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _watches.Add((due, count, reached));
            Look();
        }

        return reached.Task.WaitAsync(Runs.Deadline);
    }

    private void Look()
    {
        foreach (var watch in _watches.Where(watch => _timers.Count(timer => timer.Due == watch.Due) == watch.Count).ToArray())
        {
            _watches.Remove(watch);
            watch.Reached.SetResult();
        }
    }

    private void Set(ManualTimer timer, TimeSpan due)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            (timer.Due, timer.At) = (due, Interlocked.Read(ref _ticks) + due.Ticks);
            if (due >= TimeSpan.Zero)
            {
                _timers.Add(timer);
            }

            Look();
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public long At { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Set(this, dueTime);
            return true;
        }

        public void Dispose() => owner.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
