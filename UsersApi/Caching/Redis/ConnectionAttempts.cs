using StackExchange.Redis;

namespace UsersApi.Caching.Redis;

/// <summary>
/// A connection that is made when it is first asked for. The library goes on by itself once it has one; where it finds none, as behind
/// a Sentinel that is not there, its failure stands for a second, and whoever asks after that begins anew.
/// </summary>
internal sealed class ConnectionAttempts : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Func<Task<IConnectionMultiplexer>> _connect;
    private readonly TimeProvider _time;
    private volatile Lazy<Task<IConnectionMultiplexer>> _latest;

    public ConnectionAttempts(Func<Task<IConnectionMultiplexer>> connect, TimeProvider time) =>
        (_connect, _time, _latest) = (connect, time, new(ConnectAsync));

    public Task<IConnectionMultiplexer> Latest => _latest.Value;

    public async ValueTask DisposeAsync()
    {
        if (_latest is not { IsValueCreated: true, Value: var connecting })
            return;

        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
            await (await connecting).DisposeAsync();
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        try
        {
            return await _connect();
        }
        catch (Exception)
        {
            _ = BeginAnewAsync();
            throw;
        }
    }

    private async Task BeginAnewAsync()
    {
        await Task.Delay(Pause, _time);
        _latest = new(ConnectAsync);
    }
}
