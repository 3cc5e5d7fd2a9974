using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace UsersApi.Tests.Coherence;

/// <summary>
/// A connection for GET and little else: with a general client, most of this machine's time would go into asking. Whatever is
/// not an answer of known length throws.
/// </summary>
internal sealed class RawConnection(Uri server) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public Task ConnectAsync() => _socket.ConnectAsync(server.Host, server.Port);

    /// <exception cref="IOException">There is no usable answer; the connection is of no more use.</exception>
    public async Task<RawRead> GetAsync(ReadOnlyMemory<byte> request, bool isHead = false)
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
        var (status, length) = Framing(_buffer.AsSpan(0, start));
        var end = start + (isHead ? 0 : length);
        while (received < end)
        {
            received += await ReceiveAsync(received, limit.Token);
        }

        var fields = _buffer.AsSpan(0, start);
        return new RawRead(
            status, _buffer.AsMemory(start..end), Value(fields, "\r\nETag: "u8), Value(fields, "\r\nContent-Encoding: "u8) == "gzip", fields.IndexOf("; hit"u8) > 0);
    }

    public static byte[] RequestOf(string path, string method = "GET", string headers = "") =>
        Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");

    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int offset, CancellationToken cancellationToken) =>
        await _socket.ReceiveAsync(_buffer.AsMemory(offset), cancellationToken) is > 0 and var length
            ? length
            : throw new IOException("The server closed the connection, or its answer is too long.");

    private static (int Status, int Length) Framing(ReadOnlySpan<byte> head)
    {
        var status = int.Parse(head[9..12], CultureInfo.InvariantCulture);
        var length = Value(head, "\r\nContent-Length: "u8);
        return status switch
        {
            304 => (status, 0),
            200 or 206 when length.Length > 0 => (status, int.Parse(length, CultureInfo.InvariantCulture)),
            _ => throw new IOException($"A {status}, or an answer without a length."),
        };
    }

    private static string Value(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        if (head.IndexOf(name) is not (> 0 and var at))
        {
            return "";
        }

        var value = head[(at + name.Length)..];
        return Encoding.ASCII.GetString(value[..value.IndexOf((byte)'\r')]);
    }
}

/// <summary>What came back.</summary>
/// <param name="Status">200, 206 or 304.</param>
/// <param name="Body">The body, until the next request.</param>
/// <param name="ETag">The entity tag.</param>
/// <param name="IsGzip">Whether the body is compressed.</param>
/// <param name="IsHit">Whether a cache answered.</param>
internal readonly record struct RawRead(int Status, ReadOnlyMemory<byte> Body, string ETag, bool IsGzip, bool IsHit);
