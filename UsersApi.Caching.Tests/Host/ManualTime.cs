namespace UsersApi.Caching.Tests.Host;

/// <summary>A clock that a test sets.</summary>
internal sealed class ManualTime : TimeProvider
{
    // Two hosts of one test read the same clock.
    private static readonly long Start = System.GetUtcNow().Ticks;

    private long _ticks = Start;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
