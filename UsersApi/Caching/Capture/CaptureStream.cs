namespace UsersApi.Caching.Capture;

/// <summary>Writes into captured bytes.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="streamsAtFlush">Whether a flush is a wish to send what there is: those of a writer's own are not.</param>
internal sealed class CaptureStream(CapturedBytes bytes, Func<bool> streamsAtFlush) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (bytes.TryTake(buffer, out var why))
            return;

        var before = bytes.BeginStreaming(why);
        bytes.Streaming!.Write(before.Span);
        bytes.Streaming.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (bytes.TryTake(buffer.Span, out var why))
            return;

        var before = bytes.BeginStreaming(why);
        await bytes.Streaming!.WriteAsync(before, cancellationToken);
        await bytes.Streaming.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        if (streamsAtFlush())
        {
            var before = bytes.BeginStreaming(CacheOutcome.Streamed);
            bytes.Streaming!.Write(before.Span);
        }

        bytes.Streaming?.Flush();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (streamsAtFlush())
        {
            var before = bytes.BeginStreaming(CacheOutcome.Streamed);
            await bytes.Streaming!.WriteAsync(before, cancellationToken);
        }

        await (bytes.Streaming?.FlushAsync(cancellationToken) ?? Task.CompletedTask);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
