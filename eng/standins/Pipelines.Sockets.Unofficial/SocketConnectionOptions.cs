namespace Pipelines.Sockets.Unofficial;

/// <summary>Choices for a connection; there are none here.</summary>
[Flags]
public enum SocketConnectionOptions
{
    None = 0,
}
