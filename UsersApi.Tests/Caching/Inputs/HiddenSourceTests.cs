using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>What a key must not miss although MVC hides it: binders of sources that are no request's, overloads, prefixes, models in lists.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HiddenSourceTests
{
    [TestCase("special"), TestCase("own"), TestCase("special?page=2")]
    public async Task Argument_of_an_own_binder_selects_whatever_its_source_says(string target)
    {
        await using var host = await CachedHost.StartAsync([typeof(TenantsController)]);
        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", $"/tenants/{target}", ("X-Tenant", tenant));
                Assert.That((answer.Text, answer.Outcome, answer["Cache-Control"]), Is.EqualTo((tenant, expected, "no-cache")));
            }
        }
    }

    [Test]
    public async Task Overloads_whose_types_have_one_short_name_are_two_actions()
    {
        await using var host = await CachedHost.StartAsync([typeof(OverloadsController)]);
        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var version in (string[])["1", "2"])
            {
                var answer = await host.ExchangeAsync("GET", "/overloads?page=1", ("X-Version", version));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((version, expected)));
            }
        }
    }

    [Test]
    public async Task Prefixes_that_are_spelled_otherwise_share_nothing()
    {
        await using var host = await CachedHost.StartAsync([typeof(TenantsController)], pipeline: app => app.Use((http, next) =>
        {
            http.Request.PathBase = http.Request.Headers["X-Prefix"].ToString();
            return next(http);
        }));
        foreach (var prefix in (string[])["/api", "//api", "/api/", "/api//v"])
        {
            var answer = await host.ExchangeAsync("GET", "/tenants/links?page=1", ("X-Prefix", prefix));
            Assert.That((answer.Text, answer.Outcome), Is.EqualTo((prefix, "fwd=uri-miss; stored")));
        }
    }

    [TestCase("before"), TestCase("after")]
    public async Task What_a_filter_inside_of_the_cache_makes_of_Accept_is_for_one_client(string when)
    {
        await using var host = await CachedHost.StartAsync([typeof(TenantsController)]);

        var (first, second) = (
            await host.ExchangeAsync("GET", $"/tenants/{when}?page=1", ("Accept", "application/vnd.own.v2+json")),
            await host.ExchangeAsync("GET", $"/tenants/{when}?page=1", ("Accept", "application/json")));

        Assert.That(new[] { first.Outcome, second.Outcome }, Is.All.EqualTo("fwd=uri-miss; detail=undeclared-header"));
        Assert.That((first["X-Version"], second["X-Version"]), Is.EqualTo(("2", "1")));
    }

    [Test]
    public async Task Result_of_MVC_may_read_Accept_beside_a_filter_that_does_not()
    {
        await using var host = await CachedHost.StartAsync([typeof(TenantsController)]);

        await host.ExchangeAsync("GET", "/tenants/tagged?page=1", ("Accept", "application/json"));

        Assert.That((await host.ExchangeAsync("GET", "/tenants/tagged?page=1", ("Accept", "application/json"))).Outcome, Is.EqualTo("hit; ttl=60"));
    }

    [Test]
    public async Task Header_of_a_model_in_a_list_is_a_mistake_that_is_told()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([typeof(ListsController)], redis: ""));

        Assert.That(mistake!.Message, Does.Contain("filters").And.Contain("bind simple types"));
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class CurrentTenantAttribute : ModelBinderAttribute
    {
        public CurrentTenantAttribute(string source)
            : base(typeof(TenantBinder)) =>
            BindingSource = source == "special" ? BindingSource.Special : new BindingSource("Tenant", "Tenant", isGreedy: true, isFromRequest: false);
    }

    private sealed class TenantBinder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            bindingContext.Result = ModelBindingResult.Success(bindingContext.HttpContext.Request.Headers["X-Tenant"].ToString());
            return Task.CompletedTask;
        }
    }

    [Route("tenants"), RedisCached(Seconds = 60, ClientSeconds = 10, Audience = CacheAudience.Everyone)]
    public sealed class TenantsController : ControllerBase
    {
        [HttpGet("special")]
        public string GetSpecial([CurrentTenant("special")] string tenant, CancellationToken cancellationToken, int page = 1) =>
            cancellationToken.IsCancellationRequested || page == 0 ? "" : tenant;

        [HttpGet("own")]
        public string GetOwn([CurrentTenant("own")] string tenant, int page = 1) => page == 0 ? "" : tenant;

        [HttpGet("before"), Produces("application/json"), Versioned]
        public int[] GetBefore(int page) => [page];

        [HttpGet("after"), Produces("application/json"), VersionedAsync]
        public int[] GetAfter(int page) => [page];

        [HttpGet("tagged"), Produces("application/json"), Tagged]
        public int[] GetTagged(int page) => [page];

        [HttpGet("links")]
        public string GetLinks(int page) => page == 0 ? "" : Request.PathBase.Value!;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class VersionedAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuting(ResultExecutingContext context) => Say(context.HttpContext);

        public static void Say(HttpContext http) =>
            http.Response.Headers["X-Version"] = http.Request.Headers.Accept.ToString().Contains("v2", StringComparison.Ordinal) ? "2" : "1";
    }

    /// <summary>The way back of a filter is no result's doing either.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class VersionedAsyncAttribute : ResultFilterAttribute
    {
        public override async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
        {
            await next();
            VersionedAttribute.Say(context.HttpContext);
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TaggedAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers["X-Tag"] = "1";
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class VersionAttribute(string version) : Attribute, IActionConstraint
    {
        public int Order => 0;

        public bool Accept(ActionConstraintContext context) => context.RouteContext.HttpContext.Request.Headers["X-Version"] == version;
    }

    public static class First
    {
        public sealed record Query(int Page);
    }

    public static class Second
    {
        public sealed record Query(int Page);
    }

    [Route("overloads"), RedisCached(Seconds = 60)]
    public sealed class OverloadsController : ControllerBase
    {
        [HttpGet, Version("1")]
        public string Get([FromQuery] First.Query query) => query.Page == 1 ? "1" : "";

        [HttpGet, Version("2")]
        public string Get([FromQuery] Second.Query query) => query.Page == 1 ? "2" : "";
    }

    public sealed record Filter([FromHeader(Name = "X-Tenant")] string Tenant, string Name);

    [Route("lists"), RedisCached(Seconds = 60)]
    public sealed class ListsController : ControllerBase
    {
        [HttpGet]
        public int Get([FromQuery] List<Filter> filters) => filters.Count;
    }
}
