using System.Security.Claims;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>What an action reads of its request is in the key, or its answer is not stored.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class InputTests
{
    private const string Stored = "fwd=uri-miss; stored";
    private const string Hit = "hit; ttl=60";

    [TestCase("header", "undeclared-header"), TestCase("typed-header", "undeclared-header"), TestCase("has-header", "undeclared-header")]
    [TestCase("all-headers", "undeclared-header"), TestCase("accept", "undeclared-header"), TestCase("cookie", "undeclared-header")]
    [TestCase("host", "undeclared-header"), TestCase("session", "undeclared-session"), TestCase("user", "undeclared-user")]
    [TestCase("address", "undeclared-connection"), TestCase("protocol", "undeclared-connection"), TestCase("scheme", "undeclared-connection")]
    [TestCase("declared-query", "undeclared-query"), TestCase("dotted-query", "undeclared-query"), TestCase("query-string", "undeclared-query")]
    [TestCase("path", "undeclared-path"), TestCase("url", "undeclared-connection")]
    public async Task Read_of_what_the_key_does_not_hold_is_named_and_nothing_stored(string what, string detail)
    {
        await using var host = await StartAsync();

        for (var i = 0; i < 2; i++)
        {
            Assert.That((await host.ExchangeAsync("GET", $"/inputs/reads/{what}?limit=3")).Outcome, Is.EqualTo($"fwd=uri-miss; detail={detail}"));
        }
    }

    [TestCase("nothing"), TestCase("trace"), TestCase("conditions"), TestCase("method")]
    public async Task Read_of_what_the_key_holds_or_what_changes_nothing_is_stored(string what)
    {
        await using var host = await StartAsync();

        var first = await host.ExchangeAsync("GET", $"/inputs/reads/{what}", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        Assert.That((first.Outcome, (await host.ExchangeAsync("GET", $"/inputs/reads/{what}")).Outcome), Is.EqualTo((Stored, Hit)));
    }

    [Test]
    public async Task Host_and_scheme_may_be_read_where_the_key_holds_them()
    {
        await using var host = await StartAsync(new() { ["KeyByHost"] = "true" });

        foreach (var what in (string[])["host", "scheme"])
        {
            Assert.That((await host.ExchangeAsync("GET", $"/inputs/reads/{what}", ("Host", "a.example"))).Outcome, Is.EqualTo(Stored));
            Assert.That((await host.ExchangeAsync("GET", $"/inputs/reads/{what}", ("Host", "b.example"))).Outcome, Is.EqualTo(Stored));
            Assert.That((await host.ExchangeAsync("GET", $"/inputs/reads/{what}", ("Host", "a.example"))).Outcome, Is.EqualTo(Hit));
        }
    }

    [Test]
    public async Task Target_is_the_key_as_it_was_sent_where_nothing_is_bound_and_may_be_read()
    {
        await using var host = await StartAsync();

        foreach (var target in (string[])
            ["raw?a=1&b=2", "raw?b=2&a=1", "raw?a=%31&b=2", "raw?A=1&b=2", "raw?", "raw", "raw?a=1&b=2&", "raw?a=1%26b=2", "RAW", "raw/", "r%61w", "RAW?a=1&b=2"])
        {
            var (first, second) = (await host.ExchangeAsync("GET", "/inputs/" + target), await host.ExchangeAsync("GET", "/inputs/" + target));

            Assert.That((first.Outcome, second.Outcome, second.Text), Is.EqualTo((Stored, Hit, first.Text)), target);
        }
    }

    [TestCase("GET /inputs/form?q=cats HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\nConnection: close\r\n\r\nq=dogs")]
    [TestCase("GET /inputs/form?q=cats HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n6\r\nq=dogs\r\n0\r\n\r\n")]
    [TestCase("GET /inputs/content HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")]
    public async Task Request_with_content_is_answered_by_the_action_and_fills_nothing(string request)
    {
        await using var host = await StartAsync();

        for (var i = 0; i < 2; i++)
        {
            Assert.That(await host.SendRawAsync(request), Does.Contain("detail=content"));
        }

        Assert.That((await host.ExchangeAsync("GET", "/inputs/form?q=cats")).Text, Is.EqualTo("cats"));
        Assert.That((await host.ExchangeAsync("GET", "/inputs/content")).Text, Is.Empty);
        Assert.That(await host.SendRawAsync(request), Does.Contain("detail=content"));
    }

    [TestCase("other-claim", "undeclared-user"), TestCase("number", "undeclared-header"), TestCase("accept-view", "undeclared-header")]
    [TestCase("accept-file", "undeclared-header")]
    public async Task Read_beside_what_the_key_holds_is_noticed(string target, string detail)
    {
        await using var host = await StartAsync();

        Assert.That((await host.ExchangeAsync("GET", "/inputs/" + target, ("X-Scope", "a"), ("X-Number", "01"))).Outcome, Is.EqualTo($"fwd=uri-miss; detail={detail}"));
    }

    [Test]
    public async Task User_of_a_type_of_the_application_is_that_type_and_taking_it_is_noticed()
    {
        await using var host = await StartAsync();

        foreach (var tenant in (string[])["a", "b"])
        {
            var answer = await host.ExchangeAsync("GET", "/inputs/reads/own-user", ("X-Member", tenant));

            Assert.That((answer.Text, answer.Outcome), Is.EqualTo(($"0 {tenant}", "fwd=uri-miss; detail=undeclared-user")));
        }
    }

    [Test]
    public async Task Read_that_the_options_ignore_is_none()
    {
        await using var host = await StartAsync(new() { ["RedisCached:IgnoredReads:20"] = "user", ["RedisCached:IgnoredReads:21"] = "connection" });

        Assert.That((await host.ExchangeAsync("GET", "/inputs/reads/user")).Outcome, Is.EqualTo(Stored));
        Assert.That((await host.ExchangeAsync("GET", "/inputs/reads/address")).Outcome, Is.EqualTo(Stored));
    }

    [Test]
    public async Task What_costs_an_action_its_cache_is_told_once_with_the_remedy()
    {
        var logs = new CollectedLogs();
        await using var host = await StartAsync(services: services => services.AddLogging(logging => logging.AddProvider(logs)));

        for (var i = 0; i < 3; i++)
        {
            await host.ExchangeAsync("GET", "/inputs/reads/header");
        }

        Assert.That(logs.At(LogLevel.Warning).Where(line => line.Contains("X-Tenant", StringComparison.Ordinal)).ToArray(), Has.Length.EqualTo(1).And.All.Contains("GetRead").And.All.Contains("IgnoredReads"));
    }

    private static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null, string? prefix = null) => CachedHost.StartAsync(
        [typeof(InputsController)], settings,
        collection =>
        {
            collection.AddDistributedMemoryCache().AddSession();
            services?.Invoke(collection);
        },
        app =>
        {
            app.UseSession();
            app.UseRouting();
            app.Use(ReadHeaders);
        },
        prefix);

    private static Task ReadHeaders(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.TryGetValue("X-Tenant", out var tenant))
        {
            http.Request.RouteValues["tenant"] = tenant.ToString();
        }

        if (http.Request.Headers.TryGetValue("X-Scope", out var scopes))
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity(scopes.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries).Select(scope => new Claim("scope", scope)), "test"));
        }

        if (http.Request.Headers.TryGetValue("X-Member", out var member))
        {
            http.User = new Member(member.ToString());
        }

        http.Items["flag"] = http.Request.Headers["X-Flag"].ToString() is { Length: > 0 } flag ? flag : null;
        return next(http);
    }

    private sealed class Flag : ICacheKeyDimension
    {
        public string Name => "flag";

        public string? ValueOf(HttpContext http) => (string?)http.Items["flag"];
    }
}
