using System.Net.Sockets;
using System.Text;

namespace UsersApi.Tests.Hostile;

/// <summary>The API as those see it who do not keep to any client library.</summary>
internal sealed class RawServer(Uri address)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Sends bytes on a connection of their own, and returns what came until the server closed it.</summary>
    /// <exception cref="OperationCanceledException">It did not: something hangs.</exception>
    public async Task<IReadOnlyList<RawAnswer>> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var received = new List<byte>();
        await Task.WhenAll(SendAllAsync(socket, bytes, limit.Token), ReceiveAllAsync(socket, received, limit.Token));
        return RawAnswer.ParseAll([.. received]);
    }

    /// <summary>A GET that ends its connection.</summary>
    public async Task<RawAnswer> GetAsync(string target) =>
        (await SendAsync(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))) is [var answer]
            ? answer
            : throw new InvalidOperationException($"{target} has not one answer.");

    private static async Task ReceiveAllAsync(Socket socket, List<byte> received, CancellationToken cancellationToken)
    {
        var piece = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(piece, cancellationToken) is > 0 and var length)
            {
                received.AddRange(piece.AsSpan(0, length));
            }
        }
        catch (SocketException)
        {
            // It refused to read on; what it had said before counts.
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
            }
        }
        catch (SocketException)
        {
            // The server has heard enough.
        }
    }
}
