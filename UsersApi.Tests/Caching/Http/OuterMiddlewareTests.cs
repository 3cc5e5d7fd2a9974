using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What an action tells the middleware around it, and what that tells the action, is said once, and a hit would not say it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class OuterMiddlewareTests
{
    private const string NotReplayable = "fwd=uri-miss; detail=not-replayable";

    [TestCase("by-query", 200), TestCase("tagged", 200), TestCase("bare", 404)]
    public async Task Answer_of_which_middleware_was_told_something_is_not_stored(string what, int status)
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 2; i++)
        {
            var answer = await host.ExchangeAsync("GET", $"/outer/{what}?q=1", ("X-Turn", $"{i}"), ("Cache-Control", "no-cache"));

            Assert.That((answer.Status, answer.Outcome), Is.EqualTo((status, NotReplayable)));
        }
    }

    [Test]
    public async Task Response_caching_beside_it_tells_queries_apart()
    {
        await using var host = await StartAsync();
        foreach (var (q, refresh) in ((string, string)[])[("a", "no-cache"), ("a", "no-cache"), ("b", "max-age=60")])
            Assert.That((await host.ExchangeAsync("GET", $"/outer/by-query?q={q}", ("Cache-Control", refresh))).Text, Is.EqualTo(q));
    }

    [Test]
    public async Task Cookies_that_middleware_puts_in_place_are_an_input()
    {
        await using var host = await StartAsync();
        foreach (var user in (string[])["ann", "bob"])
        {
            var answer = await host.ExchangeAsync("GET", "/outer/cookie?q=1", ("X-User", user));

            Assert.That((answer.Text, answer.Outcome), Is.EqualTo((user, "fwd=uri-miss; detail=undeclared-header")));
        }
    }

    [Test]
    public async Task Convention_around_an_endpoint_guards_hits_too()
    {
        await using var host = await StartAsync(app => app.MapControllers().WithEarlyHits().Add(endpoint =>
        {
            var inner = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http =>
            {
                if (http.Request.Headers["X-Key"] == "k")
                    return inner(http);

                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        }));
        foreach (var (key, status) in ((string, int)[])[("k", 200), ("k", 200), ("", 403)])
            Assert.That((await host.ExchangeAsync("GET", "/outer/plain?q=1", ("X-Key", key))).Status, Is.EqualTo(status));
    }

    private static Task<CachedHost> StartAsync(Action<WebApplication>? pipeline = null) => CachedHost.StartAsync(
        [typeof(OuterController)],
        services: services => services.AddResponseCaching().AddOutputCache(options => options.AddBasePolicy(
            policy => policy.SetVaryByHeader("X-Turn").With(context => context.HttpContext.Request.Path == "/outer/tagged"))),
        pipeline: app =>
        {
            app.UseStatusCodePages();
            app.UseResponseCaching();
            app.UseOutputCache();
            app.Use((http, next) =>
            {
                http.Features.Set<IRequestCookiesFeature>(new Jar(http.Request.Headers["X-User"].ToString()));
                return next(http);
            });
            pipeline?.Invoke(app);
        });

    private sealed class Jar(string user) : IRequestCookiesFeature, IRequestCookieCollection
    {
        public IRequestCookieCollection Cookies { get => this; set => throw new NotSupportedException(); }

        public int Count => 1;

        public ICollection<string> Keys => ["user"];

        public string? this[string key] => key == "user" ? user : null;

        public bool ContainsKey(string key) => key == "user";

        public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => (value = this[key]) is not null;

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw new NotSupportedException();
    }

    [Route("outer"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public sealed class OuterController : ControllerBase
    {
        [HttpGet("plain")]
        public string GetPlain(string q) => q;

        [HttpGet("by-query"), ResponseCache(Duration = 60, VaryByQueryKeys = ["q"])]
        public string GetByQuery(string q) => q;

        [HttpGet("cookie")]
        public string GetCookie(string q) => q == "1" ? Request.Cookies["user"]! : "";

        [HttpGet("tagged")]
        public string GetTagged(string q)
        {
            HttpContext.Features.GetRequiredFeature<IOutputCacheFeature>().Context.Tags.Add("t");
            return q;
        }

        [HttpGet("bare"), RedisCached(Seconds = 60, StatusCodes = [404])]
        public IActionResult GetBare(string q)
        {
            HttpContext.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            return q == "1" ? new StatusCodeResult(404) : Ok();
        }
    }
}
