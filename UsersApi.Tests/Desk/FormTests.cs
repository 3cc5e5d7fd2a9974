using System.Net;
using System.Net.Http.Headers;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>The forms of the desk's page, as a browser or somebody who is none sends them.</summary>
public sealed class FormTests : SharedApiTest
{
    private static string Token => TestTokens.Development(Scopes.CacheAdmin);

    private string Own => Api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [TestCase("explain", "target=/api/v1/users"), TestCase("show", "key=get:/api/v1/users:limit=20%26skip=0"), TestCase("evict", "tag=all"), TestCase("switch", "enabled=false")]
    public async Task Whoever_has_not_the_scope_is_asked_to_sign_in_and_nothing_is_done(string form, string fields)
    {
        await Api.UntilItCachesAsync();
        foreach (var token in (string?[])[null, "nonsense", TestTokens.Development(Scopes.UsersWrite)])
        {
            using var response = await PostAsync(form, fields, token, ("Origin", Own));

            using (Assert.EnterMultipleScope())
            {
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
                Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Sign in").And.Not.Contain("Explain a request"));
            }
        }

        using var hit = await Api.Anonymous.FetchAsync(Http.Users);
        Assert.That(hit.Headers.GetValues("Cache-Status").Single(), Does.Contain("; hit"));
    }

    [TestCase("Sec-Fetch-Site", "cross-site"), TestCase("Sec-Fetch-Site", "same-site"), TestCase("Origin", "http://evil.example"), TestCase("Origin", "null")]
    [TestCase("Origin", "http://127.0.0.1:3000"), TestCase(null, null)]
    public async Task A_form_of_another_site_does_nothing_nor_does_one_that_does_not_tell(string? name, string? value)
    {
        foreach (var form in (string[])["evict", "switch", "explain", "show", "session"])
        {
            using var response = await PostAsync(form, "tag=all&enabled=false&token=x", Token, name is null ? [] : [(name, value!)]);
            await response.ProblemAsync(HttpStatusCode.Forbidden);
        }
    }

    [Test]
    public async Task An_own_form_is_taken_by_its_origin_or_by_what_the_browser_says_of_it()
    {
        foreach (var (name, value) in ((string, string)[])[("Origin", Own), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")])
        {
            using var response = await PostAsync("evict", "tag=users", Token, (name, value));

            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("Evicted, on all nodes."), value);
            Assert.That(response.Headers.CacheControl!.NoStore, "whoever has signed out sees it no more");
            Assert.That(response.Headers.GetValues("Referrer-Policy").Single(), Is.EqualTo("same-origin"), "or else browsers say that its origin is null");
        }
    }

    [Test]
    public async Task The_token_goes_into_a_cookie_that_scripts_and_other_paths_do_not_see_and_out_again()
    {
        using var signedIn = await PostAsync("session", "token=abc", null, ("Origin", Own));
        using var signedOut = await PostAsync("session", "token=", Token, ("Origin", Own));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((signedIn.StatusCode, signedIn.Headers.Location), Is.EqualTo((HttpStatusCode.SeeOther, new Uri("/cache", UriKind.Relative))));
            Assert.That(
                signedIn.Headers.GetValues("Set-Cookie").Single(),
                Does.StartWith("cache-desk=abc;").And.Contains("path=/cache").And.Contains("samesite=strict").And.Contains("httponly").And.Contains("max-age=3600"));
            Assert.That(signedOut.Headers.GetValues("Set-Cookie").Single(), Does.StartWith("cache-desk=;").And.Contains("max-age=0"));
        }
    }

    [Test]
    public async Task What_was_sent_or_stored_is_shown_as_text_and_never_as_markup()
    {
        const string Script = "<script>alert(1)</script>";
        await Api.Client.CreateUserAsync("ada@example.com", Script);
        await Api.UntilItCachesAsync();
        var forms = new[]
        {
            ("evict", $"key={Uri.EscapeDataString(Script)}"), ("evict", $"path={Uri.EscapeDataString(Script)}"),
            ("explain", $"target={Uri.EscapeDataString($"/api/v1/users?fields={Script}")}"),
            ("show", $"key={Uri.EscapeDataString("get:/api/v1/users:limit=20&skip=0")}&body=true"),
        };
        foreach (var (form, fields) in forms)
        {
            using var response = await PostAsync(form, fields, Token, ("Origin", Own));
            var page = await response.Content.ReadAsStringAsync();

            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(page, Does.Not.Contain("<script").IgnoreCase, form);
            Assert.That(page, form == "evict" ? Does.Contain("&lt;script&gt;") : Does.Contain("<output"), form);
        }
    }

    [TestCase("application/json", "{}", 415), TestCase(null, null, 415), TestCase("multipart/form-data", "x", 400), TestCase("many", null, 400), TestCase("long name", null, 400)]
    public async Task A_body_that_is_no_form_is_a_clear_problem(string? type, string? body, int status)
    {
        var before = Api.Logs.At(LogLevel.Error).Count;
        foreach (var (form, token) in ((string, string?)[])[("session", null), ("evict", Token)])
        {
            using var request = Request(form, token, ("Origin", Own));
            request.Content = type switch
            {
                null => null,
                "many" => new FormUrlEncodedContent(Enumerable.Range(0, 2_000).Select(i => KeyValuePair.Create($"a{i}", ""))),
                "long name" => new FormUrlEncodedContent([KeyValuePair.Create(new string('a', 3_000), "")]),
                _ => new StringContent(body!) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } },
            };
            using var response = await Api.Anonymous.SendAsync(request);

            await response.ProblemAsync((HttpStatusCode)status);
        }

        Assert.That(Api.Logs.At(LogLevel.Error).Count, Is.EqualTo(before));
    }

    [TestCase("evict", "", "There is nothing to evict."), TestCase("evict", "tag=a%09b", "control character"), TestCase("evict", "path=users", "begins with a slash")]
    [TestCase("explain", "target=/a%0d%0aX: y", "A target begins with a slash"), TestCase("explain", "target=/%C3%A9", "A target begins with a slash")]
    public async Task What_makes_no_sense_is_told_on_the_page(string form, string fields, string told)
    {
        using var response = await PostAsync(form, fields, Token, ("Origin", Own));

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(told).And.Not.Contain("Evicted"));
    }

    [Test]
    public async Task Behind_a_prefix_of_a_known_proxy_forms_and_cookie_have_it()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:KnownProxies:0", "127.0.0.1"));
        var own = api.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using var page = await api.Anonymous.SendAsync(Request("", Token, ("X-Forwarded-Prefix", "/shop")));
        using var request = Request("session", null, ("X-Forwarded-Prefix", "/shop"), ("Origin", own));
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("token", "abc")]);
        using var signedIn = await api.Anonymous.SendAsync(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("action=\"/shop/cache/evict\"").And.Contains("href=\"/shop/cache/desk.css\""));
            Assert.That(signedIn.Headers.GetValues("Set-Cookie").Single(), Does.Contain("path=/shop/cache;"));
            Assert.That(signedIn.Headers.Location!.ToString(), Is.EqualTo("/shop/cache"));
        }
    }

    [Test]
    public async Task The_cookie_is_of_no_use_to_the_API()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/cache/statistics", UriKind.Relative)) { Headers = { { "Cookie", $"cache-desk={Token}" } } };
        using var response = await Api.Anonymous.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static HttpRequestMessage Request(string form, string? token, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(form.Length > 0 ? HttpMethod.Post : HttpMethod.Get, new Uri($"/cache/{form}".TrimEnd('/'), UriKind.Relative));
        foreach (var (name, value) in token is null ? headers : [.. headers, ("Cookie", $"cache-desk={token}")])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private async Task<HttpResponseMessage> PostAsync(string form, string fields, string? token, params (string Name, string Value)[] headers)
    {
        using var request = Request(form, token, headers);
        request.Content = new StringContent(fields) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded") } };
        return await Api.Anonymous.SendAsync(request);
    }
}
