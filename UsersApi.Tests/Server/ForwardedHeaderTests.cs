using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

/// <summary>The tests come from 127.0.0.1: that is the proxy, where it is one.</summary>
public sealed class ForwardedHeaderTests
{
    [TestCase("", 1, "203.0.113.7", "http 127.0.0.1")]
    [TestCase("10.0.0.1", 1, "203.0.113.7", "http 127.0.0.1")]
    [TestCase("127.0.0.1", 1, "203.0.113.7", "https 203.0.113.7")]
    [TestCase("127.0.0.0/8", 1, "203.0.113.7", "https 203.0.113.7")]
    [TestCase("127.0.0.1", 1, "198.51.100.1, 203.0.113.7", "https 203.0.113.7")]
    [TestCase("127.0.0.1 203.0.113.0/24", 2, "198.51.100.1, 203.0.113.7", "https 198.51.100.1")]
    [TestCase("127.0.0.1", 2, "198.51.100.1, 203.0.113.7", "https 203.0.113.7")]
    public async Task Only_known_proxies_are_believed(string proxies, int hops, string forwardedFor, string client)
    {
        (string, string)[] settings =
        [
            .. proxies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((proxy, i) => ($"Server:KnownProxies:{i}", proxy)),
            ("Server:ProxyHops", $"{hops}"),
        ];
        await using var api = await UsersApiHost.StartAsync(settings: settings);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/misbehaving/client", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", string.Join(", ", Enumerable.Repeat("https", forwardedFor.Split(',').Length)));
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        using var response = await api.Client.SendAsync(request);

        Assert.That((await response.BodyAsync()).GetString()!.Replace("::ffff:", "", StringComparison.Ordinal), Is.EqualTo(client));
    }
}
