namespace UsersApi.Caching.Capture;

/// <summary>Writes into captured bytes.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="streamsAtFlush">
/// Whether a flush is a wish to send what there is. Those of a writer's own are not, unless the answer is a stream by itself.
/// </param>
internal sealed class CaptureStream(CapturedBytes bytes, Func<bool> streamsAtFlush) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    // Where bytes stream, the server decides whether they may be sent synchronously, as it would without the cache.
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!bytes.TryTake(buffer, out var why))
            bytes.Send(why, buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        bytes.TryTake(buffer.Span, out var why) ? default : bytes.SendAsync(why, buffer, cancellationToken);

    public override void Flush()
    {
        if (streamsAtFlush())
            bytes.Send(CacheOutcome.Streamed, default);

        bytes.Target.Flush();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (streamsAtFlush())
            await bytes.SendAsync(CacheOutcome.Streamed, default, cancellationToken);

        await bytes.Target.FlushAsync(cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
