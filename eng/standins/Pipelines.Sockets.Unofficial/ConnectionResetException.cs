namespace Pipelines.Sockets.Unofficial;

/// <summary>The peer has gone, or the connection to it has broken.</summary>
public sealed class ConnectionResetException : IOException
{
    public ConnectionResetException()
    {
    }

    public ConnectionResetException(string message)
        : base(message)
    {
    }

    public ConnectionResetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
