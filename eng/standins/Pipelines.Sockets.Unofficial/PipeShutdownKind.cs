namespace Pipelines.Sockets.Unofficial;

/// <summary>Why a connection ended; StackExchange.Redis knows 100 and 400 by their numbers, and prints the others by name.</summary>
public enum PipeShutdownKind
{
    None = 0,
    ReadEndOfStream = 100,
    ReadFailed = 101,
    WriteFailed = 201,
    ProtocolExitClient = 400,
}
