using System.Runtime.InteropServices;

namespace UsersApi.Caching;

/// <summary>
/// Takes in a response's bytes up to a cap. Beyond it, what was taken in and all that follows goes to the client, so that
/// memory stays bounded whatever an action writes.
/// </summary>
/// <param name="client">Where the bytes go beyond the cap.</param>
/// <param name="cap">How many bytes are taken in.</param>
/// <param name="beforeOverflow">Runs before the first byte leaves; false if none shall leave at all.</param>
internal sealed class CaptureStream(Stream client, int cap, Func<bool> beforeOverflow) : MemoryStream
{
    private bool _isDiscarding;

    public bool Overflowed { get; private set; }

    /// <summary>Everything taken in.</summary>
    public ReadOnlyMemory<byte> Body => GetBuffer().AsMemory(0, (int)Length);

    // The base class brings the other ways of writing down to these.
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Fits(count))
        {
            base.Write(buffer, offset, count);
            return;
        }

        var taken = Overflow();
        Rest.Write(taken.Span);
        Rest.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fits(buffer.Length))
        {
            if (MemoryMarshal.TryGetArray(buffer, out var array))
                base.Write(array.Array!, array.Offset, array.Count);
            else
                Write(buffer.Span);

            return;
        }

        var taken = Overflow();
        await Rest.WriteAsync(taken, cancellationToken);
        await Rest.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Overflowed ? Rest.FlushAsync(cancellationToken) : Task.CompletedTask;

    private Stream Rest => _isDiscarding ? Null : client;

    private bool Fits(int count) => !Overflowed && count <= cap - Length;

    private ReadOnlyMemory<byte> Overflow()
    {
        if (Overflowed)
            return default;

        _isDiscarding = !beforeOverflow();
        Overflowed = true;
        return Body;
    }
}
