using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Remembers the first reason why a connection ended, which may come from either direction or from the protocol.</summary>
internal sealed class ShutdownRecord
{
    private int _kind;
    private volatile int _socketError;

    public PipeShutdownKind Kind => (PipeShutdownKind)Volatile.Read(ref _kind);

    public SocketError SocketError => (SocketError)_socketError;

    public bool TrySet(PipeShutdownKind kind) =>
        Interlocked.CompareExchange(ref _kind, (int)kind, (int)PipeShutdownKind.None) == (int)PipeShutdownKind.None;

    /// <summary>Notes a failure and returns it in the form that StackExchange.Redis takes as a lost connection.</summary>
    public ConnectionResetException Fail(PipeShutdownKind kind, Exception cause)
    {
        if (TrySet(kind) && (cause as SocketException ?? cause.InnerException as SocketException) is { } socketFailure)
        {
            _socketError = (int)socketFailure.SocketErrorCode;
        }

        return new ConnectionResetException(cause.Message, cause);
    }
}
