using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A pipe for each direction of a connected socket, which stays its caller's to close.</summary>
public sealed partial class SocketConnection : IMeasuredDuplexPipe
{
    private readonly Socket _socket;
    private readonly ShutdownRecord _shutdown = new();
    private readonly Receiver _receiver;
    private readonly Sender _sender;

    private SocketConnection(Socket socket, PipeOptions sendPipeOptions, PipeOptions receivePipeOptions)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        _socket = socket;
        _receiver = new Receiver(stream, receivePipeOptions, _shutdown);
        _sender = new Sender(stream, sendPipeOptions, _shutdown);
    }

    public PipeReader Input => _receiver.Reader;

    public PipeWriter Output => _sender.Writer;

    public long BytesRead => _receiver.TotalBytes;

    public long BytesSent => _sender.TotalBytes;

    public int LastReceived => _receiver.LastBytes;

    public PipeShutdownKind ShutdownKind => _shutdown.Kind;

    public SocketError SocketError => _shutdown.SocketError;

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    public static SocketConnection Create(
        Socket socket,
        PipeOptions sendPipeOptions,
        PipeOptions receivePipeOptions,
        SocketConnectionOptions connectionOptions = SocketConnectionOptions.None,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var connection = new SocketConnection(socket, sendPipeOptions, receivePipeOptions);
        connection._receiver.Start();
        connection._sender.Start();
        return connection;
    }

    /// <summary>Commands are small and waited for: they must not wait for more to fill a packet.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }
    }

    /// <summary>Does nothing: pipes are part of the framework.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>Notes that the protocol ended the connection, unless it had ended before.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) => _shutdown.TrySet(kind);

    public Counters GetCounters() => new(_socket.Available);
}
