using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>Stands between a node and a server: delays what they say, and cuts their connections.</summary>
internal sealed class ChaosProxy : IDisposable
{
    private readonly DnsEndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<ProxiedConnection, bool> _connections = new();
    public ChaosProxy(string host, int port, int seed, double slowShare)
    {
        _server = new DnsEndPoint(host, port);
        There = new Lane(seed, slowShare);
        Back = new Lane(seed + 10_000, slowShare);
        _listener.Start();
        _ = AcceptAllAsync();
    }

    /// <summary>What the node says to the server.</summary>
    public Lane There { get; }

    /// <summary>What the server answers.</summary>
    public Lane Back { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Cut();
        }
    }

    /// <summary>Cuts one connection: messages and replies come over different ones.</summary>
    public void CutOne(Random random)
    {
        var all = _connections.Keys.ToArray();
        if (all.Length > 0)
        {
            all[random.Next(all.Length)].Cut();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        CutAll();
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(_server);
        }
        catch (SocketException)
        {
            server.Dispose();
            client.Dispose();
            return;
        }

        var connection = new ProxiedConnection(client, server, There, Back);
        _connections[connection] = true;
        await connection.RunAsync();
        _connections.TryRemove(connection, out _);
    }
}
