using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace UsersApi.Tests.Chaos;

/// <summary>Stands before a server, and hands on what it answers as late as is asked for: late, not one piece after the other.</summary>
internal sealed class LatentProxy : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private const int PiecesUnderWay = 1_024;

    private readonly DnsEndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private long _latencyTicks;

    public LatentProxy(int serverPort)
        : this("127.0.0.1", serverPort)
    {
    }

    public LatentProxy(string host, int port)
    {
        _server = new DnsEndPoint(host, port);
        _listener.Start();
        _ = AcceptAllAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How late each answer comes from now on.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _latencyTicks));
        set => Volatile.Write(ref _latencyTicks, value.Ticks);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync(_server);
            var late = Channel.CreateBounded<(long Arrived, byte[] Piece)>(PiecesUnderWay);

            // Where one way ends, so does the other: both sockets are closed then.
            await await Task.WhenAny(ForwardAsync(near, far), CollectAsync(far, late.Writer), DeliverAsync(late.Reader, near));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One end is gone, and so is the other now.
        }
    }

    private static async Task ForwardAsync(Socket from, Socket to)
    {
        var piece = new byte[PieceBytes];
        while (await from.ReceiveAsync(piece) is > 0 and var length)
        {
            await to.SendAsync(piece.AsMemory(0, length));
        }
    }

    private static async Task CollectAsync(Socket from, ChannelWriter<(long Arrived, byte[] Piece)> late)
    {
        var piece = new byte[PieceBytes];
        while (await from.ReceiveAsync(piece) is > 0 and var length)
        {
            await late.WriteAsync((Stopwatch.GetTimestamp(), piece[..length]));
        }
    }

    private async Task DeliverAsync(ChannelReader<(long Arrived, byte[] Piece)> late, Socket to)
    {
        await foreach (var (arrived, piece) in late.ReadAllAsync())
        {
            if (Latency - Stopwatch.GetElapsedTime(arrived) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait);
            }

            await to.SendAsync(piece);
        }
    }
}
