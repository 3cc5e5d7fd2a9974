namespace UsersApi.Tests.Host;

/// <summary>The real time, and so much more.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ticks));
}
