using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class AllowedHostsTests
{
    [TestCase(null, "localhost", true)]
    [TestCase(null, "127.0.0.1:1", true)]
    [TestCase(null, "[::1]", true)]
    [TestCase(null, "evil.example", false)]
    [TestCase(null, "localhost.evil.example", false)]
    [TestCase("api.example.com; *.example.org", "API.example.com", true)]
    [TestCase("api.example.com; *.example.org", "a.example.org:8080", true)]
    [TestCase("api.example.com; *.example.org", "example.org", false)]
    [TestCase("api.example.com; *.example.org", "localhost", false)]
    [TestCase("*", "evil.example", true)]
    public async Task Only_the_hosts_that_are_allowed_are_answered_for(string? allowed, string host, bool isAnswered)
    {
        await using var api = await UsersApiHost.StartAsync(settings: allowed is null ? [] : [("AllowedHosts", allowed)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Http.Users, UriKind.Relative));
        request.Headers.Host = host;

        using var response = await api.Client.SendAsync(request);

        if (isAnswered)
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            return;
        }

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.That(problem.GetRawText(), Does.Contain("AllowedHosts").And.Not.Contain("evil"));
    }

    [Test]
    public async Task No_host_at_all_is_none_of_them()
    {
        await using var api = await UsersApiHost.StartAsync();

        Assert.That(await Wire.ExchangeAsync(api.Client, $"GET {Http.Users} HTTP/1.0\r\n\r\n"), Does.StartWith("HTTP/1.1 400 Bad Request").And.Contains("problem+json"));
    }
}
