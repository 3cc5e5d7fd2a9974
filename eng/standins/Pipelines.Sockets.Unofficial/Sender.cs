using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Moves what is written to a pipe onto a stream, until the pipe's writer is complete.</summary>
internal sealed class Sender(Stream target, PipeOptions options, ShutdownRecord shutdown)
{
    private readonly Pipe _pipe = new(options);
    private long _total;

    public PipeWriter Writer => _pipe.Writer;

    public long TotalBytes => Volatile.Read(ref _total);

    public void Start() => _ = Task.Run(RunAsync);

    private async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            while (await SendAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception)
        {
            failure = shutdown.Fail(PipeShutdownKind.WriteFailed, exception);
        }

        // With the failure, so that the next flush throws it: without, a flush would succeed and the message wait for its timeout.
        await _pipe.Reader.CompleteAsync(failure).ConfigureAwait(false);
    }

    private async ValueTask<bool> SendAsync()
    {
        var read = await _pipe.Reader.ReadAsync().ConfigureAwait(false);
        foreach (var segment in read.Buffer)
        {
            await target.WriteAsync(segment).ConfigureAwait(false);
            Interlocked.Add(ref _total, segment.Length);
        }

        await target.FlushAsync().ConfigureAwait(false);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return !read.IsCompleted;
    }
}
