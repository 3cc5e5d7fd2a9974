using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>Finds ports that nobody uses.</summary>
internal static class LoopbackPort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>Below the range that the kernel takes for outgoing connections, and never one that was given to another test.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                if (Given.TryAdd(port, true))
                {
                    return port;
                }
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
