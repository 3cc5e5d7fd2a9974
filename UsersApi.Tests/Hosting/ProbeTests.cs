using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class ProbeTests : ApiTest
{
    [Test]
    public async Task A_probe_is_answered_under_any_name([Values("/health/live", "/health/startup", "/health/ready")] string path, [Values("10.0.0.7:8080", "[fd00::7]:8080", "node-7")] string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Host = host;
        using var response = await Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Hostless_probe_is_answered() =>
        Assert.That(await Wire.ExchangeAsync(Client, "GET /health/live HTTP/1.0\r\n\r\n"), Does.StartWith("HTTP/1.1 200 OK"));

    [Test]
    public async Task Nothing_else_is_answered_under_any_name([Values("/health/other", "/", "/openapi/v1.json", "/swagger/index.html", Http.Users)] string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Host = "10.0.0.7:8080";
        using var response = await Client.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }
}
