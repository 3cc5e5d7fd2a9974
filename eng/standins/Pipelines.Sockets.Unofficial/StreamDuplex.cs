using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A pipe for each direction of a stream, which it owns.</summary>
internal sealed class StreamDuplex : IMeasuredDuplexPipe, IDisposable
{
    private readonly Stream _stream;
    private readonly Receiver _receiver;
    private readonly Sender _sender;

    public StreamDuplex(Stream stream, PipeOptions sendPipeOptions, PipeOptions receivePipeOptions)
    {
        var shutdown = new ShutdownRecord();
        _stream = stream;
        _receiver = new Receiver(stream, receivePipeOptions, shutdown);
        _sender = new Sender(stream, sendPipeOptions, shutdown);
        _receiver.Start();
        _sender.Start();
    }

    public PipeReader Input => _receiver.Reader;

    public PipeWriter Output => _sender.Writer;

    public long TotalBytesSent => _sender.TotalBytes;

    public long TotalBytesReceived => _receiver.TotalBytes;

    /// <summary>Closes the stream, which ends both directions: each completes its pipe once its last read or write fails.</summary>
    public void Dispose() => _stream.Dispose();
}
