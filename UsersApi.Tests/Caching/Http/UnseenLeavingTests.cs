using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What selects a response and stands in no header: no client and no shared cache may go on with a copy that it can't tell from another.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class UnseenLeavingTests
{
    private const string Kept = "max-age=9, s-maxage=20";

    [TestCase("version", "X-Version", "1", "no-cache"), TestCase("renamed/5", "X-Version", "1", "no-cache"), TestCase("tenant", "X-Tenant", "a", "no-cache"), TestCase("bound-tenant", "X-Tenant", "a", "no-cache")]
    [TestCase("culture", "X-Culture", "xx", "no-cache"), TestCase("plain", "X-None", "1", Kept)]
    public async Task It_leaves_with_no_cache(string path, string header, string value, string control)
    {
        await using var host = await CachedHost.StartAsync([typeof(LeavingController)], pipeline: app =>
        {
            app.Use((http, next) =>
            {
                if (http.Request.Headers["X-Culture"] is { Count: > 0 } culture)
                    CultureInfo.CurrentCulture = new NamedCulture(culture!);

                return next(http);
            });
            app.UseRouting();
            app.Use((http, next) =>
            {
                if (http.Request.Headers["X-Tenant"] is { Count: > 0 } tenant)
                    http.Request.RouteValues["tenant"] = tenant.ToString();

                return next(http);
            });
        });

        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            var answer = await host.ExchangeAsync("GET", $"/leaving/{path}", (header, value));
            Assert.That((answer.Outcome, answer["Cache-Control"]), Is.EqualTo((expected, control)));
        }
    }

    /// <summary>Cultures are invariant here, so that a name is all that they have.</summary>
    private sealed class NamedCulture(string name) : CultureInfo("")
    {
        public override string Name => name;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class VersionAttribute(string version) : Attribute, IActionConstraint
    {
        public int Order => 0;

        public bool Accept(ActionConstraintContext context) => context.RouteContext.HttpContext.Request.Headers["X-Version"] == version;
    }

    [Route("leaving"), RedisCached(Seconds = 60, ClientSeconds = 9, SharedSeconds = 20, Audience = CacheAudience.Everyone)]
    public sealed class LeavingController : ControllerBase
    {
        [HttpGet("version"), Version("1")]
        public IActionResult GetFirst() => Content("1");

        [HttpGet("version"), Version("2")]
        public IActionResult GetSecond() => Content("2");

        [HttpGet("renamed/{id}"), Version("1")]
        public IActionResult GetRenamed(string id) => Content(id);

        [HttpGet("renamed/{name}"), Version("2")]
        public IActionResult GetOther(string name) => Content(name);

        [HttpGet("tenant")]
        public IActionResult GetTenant() => Content($"{RouteData.Values["tenant"]}");

        [HttpGet("bound-tenant")]
        public IActionResult GetBoundTenant([FromRoute] string tenant) => Content(tenant);

        [HttpGet("culture")]
        public IActionResult GetCulture() => Content(CultureInfo.CurrentCulture.Name);

        [HttpGet("plain")]
        public IActionResult GetPlain(int page = 0) => Content($"{page}");
    }
}
