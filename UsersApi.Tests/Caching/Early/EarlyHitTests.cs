using System.Globalization;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Early;

/// <summary>Hits leave before MVC begins where MVC would do the same again, and only there.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class EarlyHitTests
{
    private const string Stored = "fwd=uri-miss; stored";
    private const string Hit = "hit; ttl=60";

    [TestCase("/early/plain?limit=5&name=a"), TestCase("/early/inner"), TestCase("/early/raw?a=1"), TestCase("/early/7/x")]
    public async Task Hit_leaves_before_MVC_begins(string target)
    {
        await using var host = await StartAsync();

        var outcomes = await AskAsync(host, target, 3);

        Assert.That((outcomes, Made(host)), Is.EqualTo(((Stored, Hit, Hit), 1)));
    }

    [Test]
    public async Task Bound_value_of_one_request_never_answers_another()
    {
        await using var host = await StartAsync(settings: new() { ["KeyByHost"] = "true" }, pipeline: app => app.UsePathBase("/base"));
        var requests =
            from path in (string[])["/early/1/a", "/early/1/b", "/early/2/a", "/EARLY/1/A", "/base/early/1/a", "/early/1/%61", "/early/raw", "/early/r%61w", "/early/host", "/base/early/host", "/early/plain"]
            from query in (string[])["", "?", "?limit=4", "?limit=5", "?LIMIT=5", "?limit=05", "?limit=5&x=1", "?name=%20", "?name=+"]
            from name in (string[])["a.example", "b.example"]
            select (path, query, name);
        foreach (var (path, query, name) in requests)
        {
            var first = await host.ExchangeAsync("GET", path + query, ("Host", name));
            var again = await host.ExchangeAsync("GET", path + query, ("Host", name));

            Assert.That((again.Outcome, again.Text), Is.EqualTo((Hit, first.Text)), path + query);
            Assert.That(first.Text, Is.EqualTo(await UncachedAsync(host, path + query, name)), path + query);
        }
    }

    [Test]
    public async Task Request_with_content_is_never_an_early_hit()
    {
        await using var host = await StartAsync();
        await AskAsync(host, "/early/plain", 2);

        var answer = await host.SendRawAsync("GET /early/plain HTTP/1.1\r\nHost: test.example\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");

        Assert.That(answer, Does.Contain("detail=content"));
    }

    [TestCase(null), TestCase("")]
    public async Task Evicted_response_is_not_an_early_hit(string? redis)
    {
        await using var host = await StartAsync(redis: redis);
        await AskAsync(host, "/early/plain?limit=1", 2);
        await AskAsync(host, "/early/plain?limit=2", 2);
        await host.Services.GetRequiredService<IRedisCacheEvictor>().EvictAsync("all");

        // The first one reads the new versions, which are those of the second one too.
        foreach (var limit in (string[])["1", "2"])
        {
            Assert.That((await host.ExchangeAsync("GET", "/early/plain?limit=" + limit)).Outcome, Is.EqualTo("fwd=stale; stored"));
        }
    }

    [TestCase(null), TestCase("")]
    public async Task Stale_response_is_not_an_early_hit(string? redis)
    {
        await using var host = await StartAsync(redis: redis);
        await AskAsync(host, "/early/plain", 2);
        host.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.That((await host.ExchangeAsync("GET", "/early/plain")).Outcome, Does.EndWith("stored"));
    }

    [TestCase("tenant", "{0}"), TestCase("host", "test.example/{0}")]
    public async Task Route_value_or_path_base_that_middleware_sets_selects_an_early_hit(string action, string text)
    {
        var settings = new Dictionary<string, string?> { ["KeyByHost"] = "true" };
        await using var host = await StartAsync(settings: settings, pipeline: app =>
        {
            app.UseRouting();
            app.Use((http, next) =>
            {
                var tenant = http.Request.Headers["X-Tenant"].ToString();
                if (action == "tenant")
                    http.Request.RouteValues["tenant"] = tenant;
                else
                    http.Request.PathBase = "/" + tenant;

                return next(http);
            });
        });

        foreach (var outcome in (string[])[Stored, Hit, Hit])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", "/early/" + action, ("X-Tenant", tenant));

                Assert.That((answer.Outcome, answer.Text), Is.EqualTo((outcome, string.Format(CultureInfo.InvariantCulture, text, tenant))));
            }
        }
    }

    [Test]
    public async Task Unsafe_method_of_a_cached_action_is_never_an_early_hit()
    {
        await using var host = await StartAsync();
        await AskAsync(host, "/early/both", 2);

        Assert.That((await host.ExchangeAsync("POST", "/early/both")).Text, Is.EqualTo("POST"));
    }

    [Test]
    public async Task Method_and_credentials_count_for_early_hits()
    {
        await using var host = await StartAsync();
        await AskAsync(host, "/early/plain", 2);

        var head = await host.ExchangeAsync("HEAD", "/early/plain");
        var post = await host.ExchangeAsync("POST", "/early/plain");

        var known = await host.ExchangeAsync("GET", "/early/plain", ("Authorization", "Basic YTpi"));

        Assert.That((head.Outcome, head.Text, post.Status, known.Outcome), Is.EqualTo((Hit, "", 405, "fwd=bypass; detail=credentials")));
    }

    // In this process's memory versions are always known: with Redis it takes a lease, which comes when it comes.
    private static Task<CachedHost> StartAsync(
        Action<IServiceCollection>? services = null, Dictionary<string, string?>? settings = null, Action<WebApplication>? pipeline = null,
        string? redis = "") =>
        CachedHost.StartAsync(
            [typeof(EarlyController), typeof(EarlyFilterController), typeof(EarlyPropertyController)], settings,
            more =>
            {
                more.AddSingleton<Constructions>().AddSingleton<Gate>().AddSingleton<OuterFilterAttribute>();
                services?.Invoke(more);
            },
            pipeline, redis: redis);

    private static int Made(CachedHost host) => host.Services.GetRequiredService<Constructions>().Count;

    private static async Task<(string First, string Second, string Third)> AskAsync(CachedHost host, string target, int times)
    {
        var outcomes = new string[3];
        for (var i = 0; i < times; i++)
        {
            outcomes[i] = (await host.ExchangeAsync("GET", target)).Outcome;
        }

        return (outcomes[0], outcomes[1], outcomes[2]);
    }

    // What has content bypasses the cache, and these actions do not look at it.
    private static async Task<string> UncachedAsync(CachedHost host, string target, string name)
    {
        var answer = await host.SendRawAsync($"GET {target} HTTP/1.1\r\nHost: {name}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
        return RawResponse.Parse(System.Text.Encoding.Latin1.GetBytes(answer)).Text;
    }
}
