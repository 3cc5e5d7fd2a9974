namespace UsersApi.Caching.Capture;

/// <summary>
/// Takes in a response's bytes up to a cap. Beyond it, what was taken in and all that follows goes to the client, so that
/// memory stays bounded whatever an action writes.
/// </summary>
/// <param name="response">What is captured: it may tell its length before its first byte.</param>
/// <param name="client">Where the bytes go beyond the cap.</param>
/// <param name="cap">How many bytes are taken in.</param>
/// <param name="beforeOverflow">Runs before the first byte leaves; false if none shall leave at all.</param>
internal sealed class CaptureStream(HttpResponse response, Stream client, int cap, Func<bool> beforeOverflow) : Stream
{
    private ByteBlocks? _taken;
    private bool _isDiscarding;

    public bool Overflowed { get; private set; }

    /// <summary>Everything taken in.</summary>
    public ReadOnlyMemory<byte> Body => Taken.ToArray();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    private ByteBlocks Taken => _taken ??= new ByteBlocks((int)Math.Min(response.ContentLength ?? 0, cap));

    private Stream Rest => _isDiscarding ? Null : client;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Fits(buffer.Length))
        {
            Taken.Add(buffer);
            return;
        }

        var before = Overflow();
        Rest.Write(before.Span);
        Rest.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fits(buffer.Length))
        {
            Taken.Add(buffer.Span);
            return;
        }

        var before = Overflow();
        await Rest.WriteAsync(before, cancellationToken);
        await Rest.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        if (Overflowed)
            Rest.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        Overflowed ? Rest.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool Fits(int count) => !Overflowed && count <= cap - Taken.Length;

    private ReadOnlyMemory<byte> Overflow()
    {
        if (Overflowed)
            return default;

        _isDiscarding = !beforeOverflow();
        Overflowed = true;
        return Body;
    }
}
