using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace UsersApi.Tests.Coherence;

/// <summary>
/// A connection for GET and little else: with a general client, most of this machine's time would go into asking. Whatever is
/// not a 200 with a known length throws.
/// </summary>
internal sealed class RawConnection(Uri server) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public Task ConnectAsync() => _socket.ConnectAsync(server.Host, server.Port);

    /// <exception cref="IOException">There is no usable answer; the connection is of no more use.</exception>
    public async Task<(ReadOnlyMemory<byte> Body, bool IsHit)> GetAsync(ReadOnlyMemory<byte> request)
    {
        using var limit = new CancellationTokenSource(Limit);
        await _socket.SendAsync(request, limit.Token);
        var (head, received) = (-1, 0);
        while (head < 0)
        {
            received += await ReceiveAsync(received, limit.Token);
            head = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
        }

        var start = head + 4;
        var end = start + LengthOf(_buffer.AsSpan(0, start));
        while (received < end)
        {
            received += await ReceiveAsync(received, limit.Token);
        }

        return (_buffer.AsMemory(start..end), _buffer.AsSpan(0, head).IndexOf("; hit"u8) > 0);
    }

    public static byte[] RequestOf(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int offset, CancellationToken cancellationToken) =>
        await _socket.ReceiveAsync(_buffer.AsMemory(offset), cancellationToken) is > 0 and var length
            ? length
            : throw new IOException("The server closed the connection, or its answer is too long.");

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        if (!head.StartsWith("HTTP/1.1 200"u8) || head.IndexOf(name) is not (> 0 and var at))
        {
            throw new IOException("Not a 200 with a length.");
        }

        var value = head[(at + name.Length)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
