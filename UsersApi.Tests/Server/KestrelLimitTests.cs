using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

/// <summary>
/// What Kestrel refuses. Before a request's headers are read there is nothing yet that could write a problem: 400, 408, 414 and 431
/// have no body, and close the connection. A refused body is a problem like any other.
/// </summary>
public sealed class KestrelLimitTests
{
    private const string Close = "Content-Length: 0\r\nConnection: close\r\n";

    [TestCase("MaxRequestLineBytes", "512", 600, 0, 0, "414 URI Too Long")]
    [TestCase("MaxHeaderBytes", "1024", 0, 1100, 1, "431 Request Header Fields Too Large")]
    [TestCase("MaxHeaders", "8", 0, 1, 10, "431 Request Header Fields Too Large")]
    public async Task What_is_too_long_is_refused_without_a_body(string setting, string value, int query, int header, int headers, string status)
    {
        await using var api = await UsersApiHost.StartAsync(settings: ($"Server:{setting}", value));
        var fields = string.Concat(Enumerable.Range(0, headers).Select(i => $"X-{i}: {new string('x', header)}\r\n"));

        var answer = await Wire.ExchangeAsync(api.Client, $"GET /health/live?{new string('x', query)} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");

        AssertEarly(answer, status);
    }

    [TestCase("GET /health/live HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [TestCase("GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request")]
    [TestCase("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX : 1\r\n\r\n", "400 Bad Request")]
    [TestCase("GET /health/live HTTP/7.0\r\nHost: localhost\r\n\r\n", "505 HTTP Version Not Supported")]
    public async Task What_is_not_HTTP_is_refused_without_a_body(string request, string status)
    {
        await using var api = await UsersApiHost.StartAsync();

        AssertEarly(await Wire.ExchangeAsync(api.Client, request), status);
    }

    [Test]
    public async Task A_body_over_the_limit_is_a_413()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:MaxBodyBytes", "1024"));

        using var response = await api.Client.SendAsync(HttpMethod.Post, Http.Users, $$"""{"email":"a@example.com","x":"{{new string('x', 1024)}}"}""");

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task Headers_that_never_end_are_a_408()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:HeadersTimeout", "00:00:01"));

        AssertEarly(await Wire.ExchangeAsync(api.Client, "GET /health/live HTTP/1.1\r\nHost: loc"), "408 Request Timeout");
    }

    [Test]
    public async Task A_body_that_drips_is_a_408()
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("Server:RateGracePeriod", "00:00:02"), ("Server:MinBytesPerSecond", "1000")]);

        var answer = await Wire.ExchangeAsync(
            api.Client,
            $"POST {Http.Users} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"
            + $"Authorization: Bearer {TestTokens.Development("users:write")}\r\n\r\n{{");

        Assert.That(answer, Does.StartWith("HTTP/1.1 408 Request Timeout\r\n").And.Contains("application/problem+json").And.Contains("\"status\":408"));
    }

    [Test]
    public async Task A_client_that_does_not_read_is_left()
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("Server:RateGracePeriod", "00:00:02"), ("Server:MinBytesPerSecond", "1000000")]);
        using var wire = await Wire.ConnectAsync(api.Client);
        await wire.SendAsync("GET /misbehaving/flood HTTP/1.1\r\nHost: localhost\r\n\r\n");

        await MisbehavingController.FloodEnd.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(MisbehavingController.FloodEnd.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task A_connection_with_nothing_to_do_is_closed()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:KeepAliveTimeout", "00:00:01"));

        Assert.That(await Wire.ExchangeAsync(api.Client, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"), Does.StartWith("HTTP/1.1 200 OK"));
    }

    [Test]
    public async Task One_connection_too_many_is_closed_without_an_answer()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:MaxConnections", "1"));
        using var first = await Wire.ConnectAsync(api.Client);
        await first.SendAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n");

        var second = await Wire.ExchangeAsync(api.Client, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await first.SendAsync("Connection: close\r\n\r\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(second, Is.Empty);
            Assert.That(await first.ReadToEndAsync(), Does.StartWith("HTTP/1.1 200 OK"), "whoever is in is served");
        }
    }

    private static void AssertEarly(string answer, string status)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer, Does.StartWith($"HTTP/1.1 {status}\r\n").And.Contains(Close).And.EndsWith("\r\n\r\n"));
            Assert.That(answer, Does.Not.Contain("Server:"));
        }
    }
}
