using System.Net.Sockets;
using System.Text;

namespace UsersApi.Tests.Host;

/// <summary>A connection on which a client does what no client library would.</summary>
internal sealed class Wire : IDisposable
{
    // Only a server that forgot the connection lets it wait so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TcpClient _client = new() { NoDelay = true };

    private Wire()
    {
    }

    public static async Task<Wire> ConnectAsync(HttpClient to)
    {
        var wire = new Wire();
        await wire._client.ConnectAsync("127.0.0.1", to.BaseAddress!.Port);
        return wire;
    }

    /// <summary>Sends one request and returns all that comes until the server closes.</summary>
    public static async Task<string> ExchangeAsync(HttpClient to, string request)
    {
        using var wire = await ConnectAsync(to);
        await wire.SendAsync(request);
        return await wire.ReadToEndAsync();
    }

    public async Task SendAsync(string text) => await _client.Client.SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task<string> ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await _client.Client.ReceiveAsync(buffer, limit.Token) is > 0 and var count)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // Closed with a reset, because the server left something unread.
        }

        return text.ToString();
    }

    public void Dispose() => _client.Dispose();
}
