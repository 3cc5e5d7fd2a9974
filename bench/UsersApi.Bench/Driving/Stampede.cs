using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UsersApi.Bench.Driving;

/// <summary>Many clients ask at the same moment for what nobody has asked for before.</summary>
internal static class Stampede
{
    public static async Task<LoadResult> RunAsync(LoadTarget target)
    {
        var path = Cursors.Url(target.Scenario.Limit, Cursors.Reserve(1));
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target.Address.Authority}\r\nConnection: close\r\n\r\n");
        var sockets = new List<Socket>();
        try
        {
            // All are connected before the first one asks.
            for (var i = 0; i < target.Connections; i++)
                sockets.Add(await ConnectAsync(target.Address));

            var clock = Stopwatch.StartNew();
            var answers = await Task.WhenAll(sockets.Select(socket => AskAsync(socket, request, clock)));
            var times = answers.Select(answer => answer.Milliseconds).Order().ToArray();
            return new LoadResult(
                times.Length, clock.Elapsed.TotalSeconds, times[times.Length / 2], times[times.Length * 99 / 100], answers.Count(answer => !answer.IsOk));
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return socket;
    }

    private static async Task<(bool IsOk, double Milliseconds)> AskAsync(Socket socket, byte[] request, Stopwatch clock)
    {
        var buffer = new byte[64 * 1024];
        await socket.SendAsync(request);
        var isOk = false;
        for (var total = 0; await socket.ReceiveAsync(buffer) is > 0 and var received; total += received)
            isOk |= total == 0 && buffer.AsSpan().StartsWith("HTTP/1.1 200 "u8);

        return (isOk, clock.Elapsed.TotalMilliseconds);
    }
}
