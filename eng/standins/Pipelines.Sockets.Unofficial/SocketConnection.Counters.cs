namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    /// <summary>What lies in a connection's buffers, in bytes; -1 where it cannot be told, which is how a pipe keeps it.</summary>
    public readonly struct Counters
    {
        internal Counters(long bytesAvailableOnSocket) => BytesAvailableOnSocket = bytesAvailableOnSocket;

        public long BytesAvailableOnSocket { get; }

        public long BytesWaitingToBeRead => -1;

        public long BytesWaitingToBeSent => -1;
    }
}
