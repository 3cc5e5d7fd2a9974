using System.Net;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

/// <summary>One write a second, and many at once: some get through.</summary>
public sealed class WriteRateTests
{
    private const int Many = 30;

    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi() =>
        _api = await UsersApiHost.StartAsync("Production", ("Server:WritesPerSecond", "1"), ("Server:KnownProxies:0", "127.0.0.1"));

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task A_client_that_writes_too_fast_is_told_when_to_come_again()
    {
        var responses = await ManyAsync(_ => WriteAsync(TokenOf("a")));
        var refused = responses.First(response => response.StatusCode == HttpStatusCode.TooManyRequests);

        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
            Assert.That(responses.Select(response => response.StatusCode), Has.Some.EqualTo(HttpStatusCode.NotFound), "the first got through");
        }
    }

    [Test]
    public async Task It_stands_in_no_others_way()
    {
        await ManyAsync(_ => WriteAsync(TokenOf("a")));

        using var other = await WriteAsync(TokenOf("b"));

        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task It_is_known_by_its_token_from_wherever_it_comes()
    {
        var responses = await ManyAsync(i => WriteAsync(TokenOf("a"), $"203.0.113.{i}"));

        Assert.That(responses.Select(response => response.StatusCode), Has.Some.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task Without_a_token_it_is_known_by_its_address()
    {
        var same = await ManyAsync(_ => WriteAsync(null, "203.0.113.7"));
        var others = await ManyAsync(i => WriteAsync(null, $"198.51.100.{i}"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(same.Select(response => response.StatusCode), Has.Some.EqualTo(HttpStatusCode.TooManyRequests));
            Assert.That(others.Select(response => response.StatusCode), Is.All.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task All_addresses_of_one_network_of_IPv6_are_one_client()
    {
        var same = await ManyAsync(i => WriteAsync(null, $"2001:db8::{i:x}"));
        var others = await ManyAsync(i => WriteAsync(null, $"2001:db8:0:{i:x}::1"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(same.Select(response => response.StatusCode), Has.Some.EqualTo(HttpStatusCode.TooManyRequests));
            Assert.That(others.Skip(1).Select(response => response.StatusCode), Is.All.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task Reads_are_not_counted()
    {
        var responses = await ManyAsync(_ => _api.Client.FetchAsync(Http.Users, TokenOf("a")));

        Assert.That(responses.Select(response => response.StatusCode), Is.All.EqualTo(HttpStatusCode.OK));
    }

    private static string TokenOf(string subject) => TestServers.Issuer.CreateToken(subject, Scopes.UsersWrite);

    private static async Task<HttpResponseMessage[]> ManyAsync(Func<int, Task<HttpResponseMessage>> send) =>
        await Task.WhenAll(Enumerable.Range(0, Many).Select(send));

    private async Task<HttpResponseMessage> WriteAsync(string? token, string address = "203.0.113.1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"{Http.Users}/{Guid.Empty}", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        return await _api.Anonymous.SendAsync(request);
    }
}
