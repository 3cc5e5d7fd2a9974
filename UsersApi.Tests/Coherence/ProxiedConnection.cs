using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>One connection through a proxy. Each direction carries one piece at a time, each with a delay of its own.</summary>
internal sealed class ProxiedConnection(Socket client, Socket server, Lane there, Lane back)
{
    private const int PieceBytes = 16 * 1024;

    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(client, server, there), PumpAsync(server, client, back));
    }

    /// <summary>
    /// Cuts the client off at once. What it had sent before may still arrive, as it does in life: after the client has tried
    /// something else.
    /// </summary>
    public void Cut()
    {
        // A time-out of 0 resets the connection.
        client.Close(0);
    }

    private static async Task PumpAsync(Socket from, Socket to, Lane lane)
    {
        var delays = lane.NewDelays();
        var piece = new byte[PieceBytes];
        try
        {
            while (await from.ReceiveAsync(piece) is > 0 and var length)
            {
                if (lane.NextDelay(delays) is { Ticks: > 0 } delay)
                {
                    await Task.Delay(delay);
                }

                for (var sent = 0; sent < length;)
                {
                    sent += await to.SendAsync(piece.AsMemory(sent..length));
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One end is gone, and so is the other in a moment.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
