using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

/// <summary>Scripts of other origins, as their browser lets them: what it asks for, and what it lets them see.</summary>
public sealed class OtherOriginTests() : SharedApiTest("Development", ("Server:CorsOrigins:0", Origin))
{
    private const string Origin = "https://app.example.com";

    [TestCase(Origin, true), TestCase("https://evil.example", false), TestCase("http://app.example.com", false), TestCase("null", false)]
    public async Task Only_named_origins_are_let_in_by_misses_and_hits_alike(string origin, bool isLetIn)
    {
        foreach (var outcome in (string[])["stored", "; hit", "; hit"])
        {
            using var response = await SendAsync(Api, HttpMethod.Get, Http.Users, origin);

            Assert.That(response.Headers.GetValues("Cache-Status").Single(), Does.Contain(outcome));
            Assert.That(Allowed(response), Is.EqualTo(isLetIn ? origin : null));
        }
    }

    [Test]
    public async Task Answer_to_one_origin_is_not_replayed_to_another()
    {
        await using var api = await UsersApiHost.StartAsync(
            settings: [("Server:CorsOrigins:0", Origin), ("Server:CorsOrigins:1", "https://b.example.com")]);

        foreach (var origin in (string?[])[Origin, "https://b.example.com", null, Origin])
        {
            using var response = await SendAsync(api, HttpMethod.Get, Http.Users, origin);

            Assert.That(Allowed(response), Is.EqualTo(origin));
            Assert.That(string.Join(',', response.Headers.Vary), origin is null ? Is.Empty : Does.Contain("Origin"));
        }
    }

    [TestCase("PATCH"), TestCase("DELETE")]
    public async Task Preflight_of_a_write_is_answered_without_a_token(string method)
    {
        using var response = await SendAsync(
            Api, HttpMethod.Options, $"{Http.Users}/{Guid.NewGuid()}", Origin, ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization,if-match,content-type"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(Allowed(response), Is.EqualTo(Origin));
            Assert.That(response.Headers.GetValues("Access-Control-Allow-Methods").Single(), Does.Contain(method));
            Assert.That(response.Headers.GetValues("Access-Control-Allow-Headers").Single(), Does.Contain("if-match"));
        }
    }

    [TestCase("ETag"), TestCase("Link"), TestCase("Location"), TestCase("Cache-Status"), TestCase("Age"), TestCase("Retry-After")]
    public async Task Script_may_read_what_it_needs(string header)
    {
        using var response = await SendAsync(Api, HttpMethod.Get, Http.Users, Origin);

        Assert.That(response.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(','), Does.Contain(header));
    }

    [Test]
    public async Task Refused_write_and_a_problem_can_be_read_too()
    {
        using var response = await SendAsync(Api, HttpMethod.Delete, $"{Http.Users}/{Guid.NewGuid()}", Origin);

        Assert.That((response.StatusCode, Allowed(response)), Is.EqualTo((HttpStatusCode.Unauthorized, Origin)));
    }

    [Test]
    public async Task Nobody_is_let_in_by_default()
    {
        await using var api = await UsersApiHost.StartAsync();

        using var response = await SendAsync(api, HttpMethod.Get, Http.Users, Origin);

        Assert.That(Allowed(response), Is.Null);
    }

    [TestCase("127.0.0.1", "</shop/api/v1/users?"), TestCase("", "</api/v1/users?")]
    public async Task Prefix_of_a_known_proxy_is_in_links(string proxy, string link)
    {
        await using var api = await UsersApiHost.StartAsync(settings: proxy.Length > 0 ? [("Server:KnownProxies:0", proxy)] : []);
        await api.Client.CreateUserAsync("a@example.com");
        await api.Client.CreateUserAsync("b@example.com");

        // The second time it is a hit, and without the prefix it is another response.
        for (var i = 0; i < 3; i++)
        {
            using var response = await SendAsync(api, HttpMethod.Get, $"{Http.Users}?limit=1", null, ("X-Forwarded-Prefix", "/shop"));
            using var plain = await SendAsync(api, HttpMethod.Get, $"{Http.Users}?limit=1", null);

            Assert.That(response.Headers.GetValues("Link").Single(), Does.StartWith(link));
            Assert.That(plain.Headers.GetValues("Link").Single(), Does.StartWith("</api/v1/users?"));
        }
    }

    private static string? Allowed(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;

    private static async Task<HttpResponseMessage> SendAsync(
        UsersApiHost api, HttpMethod method, string target, string? origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative));
        foreach (var (name, value) in origin is null ? headers : [.. headers, ("Origin", origin)])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await api.Anonymous.SendAsync(request);
    }
}
