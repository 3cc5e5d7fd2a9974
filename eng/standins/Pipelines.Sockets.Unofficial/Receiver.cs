using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Moves what arrives on a stream into a pipe, until the stream ends or the pipe's reader has gone.</summary>
/// <remarks>A pipe of its own and not <c>PipeReader.Create</c>: when that reader is completed during a read it hands back the buffer
/// which the read still fills, whereas a pipe keeps its buffers until both of its ends are complete.</remarks>
internal sealed class Receiver(Stream source, PipeOptions options, ShutdownRecord shutdown)
{
    private readonly Pipe _pipe = new(options);
    private long _total;
    private volatile int _last;

    public PipeReader Reader => _pipe.Reader;

    public long TotalBytes => Volatile.Read(ref _total);

    /// <summary>The size of the latest read in bytes; 0 at the end of the stream.</summary>
    public int LastBytes => _last;

    public void Start() => _ = Task.Run(RunAsync);

    private async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            while (await ReceiveAsync().ConfigureAwait(false))
            {
                var flush = await _pipe.Writer.FlushAsync().ConfigureAwait(false);
                if (flush.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            failure = shutdown.Fail(PipeShutdownKind.ReadFailed, exception);
        }

        await _pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        var count = await source.ReadAsync(_pipe.Writer.GetMemory()).ConfigureAwait(false);
        _last = count;
        if (count == 0)
        {
            shutdown.TrySet(PipeShutdownKind.ReadEndOfStream);
            return false;
        }

        Interlocked.Add(ref _total, count);
        _pipe.Writer.Advance(count);
        return true;
    }
}
