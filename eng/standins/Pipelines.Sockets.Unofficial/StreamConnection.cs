using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Puts pipes before a stream, as for TLS.</summary>
public static class StreamConnection
{
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions sendPipeOptions, PipeOptions receivePipeOptions, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamDuplex(stream, sendPipeOptions, receivePipeOptions);
    }

    public static PipeReader GetReader(Stream stream, PipeOptions pipeOptions, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var receiver = new Receiver(stream, pipeOptions, new ShutdownRecord());
        receiver.Start();
        return receiver.Reader;
    }
}
