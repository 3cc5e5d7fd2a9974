using System.Buffers;

namespace UsersApi.Caching;

/// <summary>
/// Takes in a response's bytes up to a cap. Beyond it, what was taken in and all that follows goes to the client, so that
/// memory stays bounded whatever an action writes.
/// </summary>
internal sealed class CaptureStream(Stream client, int cap, Action beforeOverflow) : Stream
{
    private const int ChunkBytes = 32 * 1024;

    private readonly List<(byte[] Bytes, int Length)> _chunks = [];
    private int _length;

    public bool Overflowed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get => _length; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (TakeIn(buffer))
        {
            return;
        }

        foreach (var (bytes, length) in Overflow())
        {
            client.Write(bytes, 0, length);
        }

        Release();
        client.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TakeIn(buffer.Span))
        {
            return;
        }

        foreach (var (bytes, length) in Overflow())
        {
            await client.WriteAsync(bytes.AsMemory(0, length), cancellationToken);
        }

        Release();
        await client.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        if (Overflowed)
        {
            client.Flush();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Overflowed ? client.FlushAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Everything taken in, as one array.</summary>
    public byte[] ToArray()
    {
        var body = GC.AllocateUninitializedArray<byte>(_length);
        var at = 0;
        foreach (var (bytes, length) in _chunks)
        {
            bytes.AsSpan(0, length).CopyTo(body.AsSpan(at));
            at += length;
        }

        return body;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }

    private bool TakeIn(ReadOnlySpan<byte> bytes)
    {
        if (Overflowed || bytes.Length > cap - _length)
        {
            return false;
        }

        _length += bytes.Length;
        while (bytes.Length > 0)
        {
            if (_chunks is not [.., var (last, used)] || used == last.Length)
            {
                (last, used) = (ArrayPool<byte>.Shared.Rent(ChunkBytes), 0);
                _chunks.Add((last, used));
            }

            var fits = Math.Min(bytes.Length, last.Length - used);
            bytes[..fits].CopyTo(last.AsSpan(used));
            _chunks[^1] = (last, used + fits);
            bytes = bytes[fits..];
        }

        return true;
    }

    private List<(byte[] Bytes, int Length)> Overflow()
    {
        if (!Overflowed)
        {
            beforeOverflow();
            Overflowed = true;
        }

        return _chunks;
    }

    private void Release()
    {
        _chunks.ForEach(chunk => ArrayPool<byte>.Shared.Return(chunk.Bytes));
        _chunks.Clear();
        _length = 0;
    }
}
