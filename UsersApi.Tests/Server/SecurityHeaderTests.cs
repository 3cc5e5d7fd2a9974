using System.Net;
using System.Text.RegularExpressions;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed partial class SecurityHeaderTests : SharedApiTest
{
    private static readonly string[] Names = ["X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"];

    [TestCase(Http.Users, HttpStatusCode.OK)]
    [TestCase("/health/live", HttpStatusCode.OK)]
    [TestCase("/openapi/v1.json", HttpStatusCode.OK)]
    [TestCase("/nothing", HttpStatusCode.NotFound)]
    [TestCase($"{Http.Users}?limit=0", HttpStatusCode.BadRequest)]
    [TestCase("/misbehaving/throw", HttpStatusCode.InternalServerError)]
    public async Task Whatever_is_answered_is_data_and_nothing_else(string path, HttpStatusCode status)
    {
        using var response = await Client.FetchAsync(path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(status));
            Assert.That(
                Names.Select(name => string.Join(", ", response.Headers.GetValues(name))),
                Is.EqualTo(new[] { "nosniff", "default-src 'none'; frame-ancestors 'none'", "no-referrer" }));
        }
    }

    [Test]
    public async Task A_hit_has_them_once_and_they_are_not_stored()
    {
        await using var api = await UsersApiHost.StartAsync();
        await api.UntilItCachesAsync();
        using var miss = await api.Client.FetchAsync($"{Http.Users}?limit=1");
        using var hit = await api.Client.FetchAsync($"{Http.Users}?limit=1");
        await api.StopAsync();
        var stored = await TestRedis.ReadAsync(api.Prefix);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(hit.Headers.GetValues("Cache-Status").Single(), Does.Contain("; hit"));
            Assert.That(Names.SelectMany(name => hit.Headers.GetValues(name)), Is.EqualTo(Names.SelectMany(name => miss.Headers.GetValues(name))));
            Assert.That(stored, Does.Contain("ETag"), "the entry is there");
            Assert.That(Names, Has.None.Matches<string>(name => stored.Contains(name!, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Test]
    public async Task Swagger_UI_needs_no_more_than_its_policy_allows()
    {
        using var page = await Client.FetchAsync("/swagger/index.html");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        var html = await page.Content.ReadAsStringAsync();
        var scripts = Scripts().Matches(html);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(policy, Does.Contain("script-src 'self';").And.Contains("connect-src 'self'").And.Contains("frame-ancestors 'none'"));
            Assert.That(scripts, Is.Not.Empty);
            Assert.That(scripts.Select(script => script.Groups["inside"].Value), Is.All.Empty, "nothing inline");
            Assert.That(scripts.Select(script => script.Groups["src"].Value), Is.All.Not.Contains(":").And.All.Not.StartsWith("//"), "nothing from elsewhere");
        }
    }

    [TestCase("Production", "https", true)]
    [TestCase("Production", "http", false)]
    [TestCase("Development", "https", false)]
    public async Task Browsers_are_told_to_stay_with_https_outside_Development(string environment, string scheme, bool isTold)
    {
        await using var api = await UsersApiHost.StartAsync(environment, ("Server:KnownProxies:0", "127.0.0.1"), ("AllowedHosts", "api.example.com"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/health/live", UriKind.Relative));
        request.Headers.Host = "api.example.com";
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");

        using var response = await api.Client.SendAsync(request);

        Assert.That(response.Headers.TryGetValues("Strict-Transport-Security", out var told) ? told.Single() : "", Is.EqualTo(isTold ? "max-age=31536000" : ""));
    }

    [GeneratedRegex("""<script src="(?<src>[^"]*)"[^>]*>(?<inside>[^<]*)</script>""")]
    private static partial Regex Scripts();
}
