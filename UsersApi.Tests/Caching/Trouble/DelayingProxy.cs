using System.Net;
using System.Net.Sockets;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>Stands before a server on this machine and holds every piece of data up, as a slow network does.</summary>
internal sealed class DelayingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _target;

    public DelayingProxy(string target)
    {
        _target = IPEndPoint.Parse(target).Port;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionString => _listener.LocalEndpoint.ToString()!;

    /// <summary>How long each piece of data takes, either way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Completes with the first command that is held up for good.</summary>
    public Task Held => _held.Task;

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;

        await _stopping.CancelAsync();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptTcpClientAsync(_stopping.Token) is { } client)
        {
            var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            _ = PumpAsync(client, server);
            _ = PumpAsync(server, client);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var count)
            {
                if (Delay == Timeout.InfiniteTimeSpan)
                    _held.TrySetResult();

                await Task.Delay(Delay, _stopping.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone; so is the other.
        }

        from.Dispose();
        to.Dispose();
    }
}
