using Microsoft.Extensions.Time.Testing;

namespace UsersApi.Tests.Caching.Host;

/// <summary>A clock that a test sets, and of which it can wait until somebody waits for a timer.</summary>
internal sealed class ManualTime() : FakeTimeProvider(Start)
{
    // Two hosts of one test read the same clock.
    private static new readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(System.GetUtcNow().ToUnixTimeSeconds());

    private readonly Lock _lock = new();
    private readonly Dictionary<ITimer, (TimeSpan Due, long At)> _timers = [];
    private readonly List<(TimeSpan Due, int Count, TaskCompletionSource Reached)> _watches = [];

    /// <summary>How far somebody has set the wall clock ahead or back. Timestamps and timers never see it.</summary>
    public TimeSpan WallClockOffset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallClockOffset;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until exactly so many timers of this length are under way.</summary>
    public Task TimersAsync(TimeSpan due, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _watches.Add((due, count, reached));
            CompleteWatches();
        }

        return reached.Task.WaitAsync(Runs.Deadline);
    }

    private void CompleteWatches()
    {
        var now = GetTimestamp();
        int Running(TimeSpan due) => _timers.Values.Count(timer => timer.Due == due && timer.At > now);
        foreach (var watch in _watches.Where(watch => Running(watch.Due) == watch.Count).ToArray())
        {
            _watches.Remove(watch);
            watch.Reached.SetResult();
        }
    }

    private void Watch(ITimer timer, TimeSpan due, long setAt)
    {
        lock (_lock)
        {
            _timers[timer] = (due, setAt + due.Ticks);
            CompleteWatches();
        }
    }

    private void Forget(ITimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            CompleteWatches();
        }
    }

    private sealed class WatchedTimer(ManualTime owner, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // It counts once it runs: a test that has waited for it may move the clock at once.
            var setAt = owner.GetTimestamp();
            var isChanged = timer.Change(dueTime, period);
            owner.Watch(this, dueTime, setAt);
            return isChanged;
        }

        public void Dispose()
        {
            timer.Dispose();
            owner.Forget(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
