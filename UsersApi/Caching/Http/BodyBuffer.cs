using System.Buffers;
using System.IO.Pipelines;

namespace UsersApi.Caching.Http;

/// <summary>
/// A body that keeps coming, in blocks of the shared pool: an array that doubles takes, and clears, four times what it holds in the end.
/// </summary>
internal sealed class BodyBuffer
{
    private static readonly PipeOptions Unbounded =
        new(minimumSegmentSize: 64 * 1024, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Unbounded);

    public PipeWriter Writer => _pipe.Writer;

    /// <summary>All that was written, once. The blocks go back to the pool: nothing may be written from here on.</summary>
    public byte[] TakeAll()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.TryRead(out var all);
        var bytes = all.Buffer.ToArray();
        _pipe.Reader.Complete();
        return bytes;
    }
}
