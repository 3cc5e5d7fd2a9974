using System.Threading.Channels;

namespace UsersApi.Data;

/// <summary>Lets the relay sleep until there may be something to do. However often it is woken meanwhile, it looks once.</summary>
internal sealed class OutboxWakeUp(TimeProvider clock)
{
    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Returns when it was woken, and after the time at the latest.</summary>
    public async Task SleepAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody called: time to look all the same.
        }
    }
}
