using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A pair of pipes that counts the bytes which have passed through it.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    long TotalBytesSent { get; }

    long TotalBytesReceived { get; }
}
