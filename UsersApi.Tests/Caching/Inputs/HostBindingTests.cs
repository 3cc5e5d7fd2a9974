using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>What an application adds to the binding of all its actions, without a word on any of them.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HostBindingTests
{
    [Test]
    public async Task Value_of_a_binder_that_the_application_provides_is_in_the_key()
    {
        await using var host = await CachedHost.StartAsync([typeof(SimpleController)], services: AddBinder);
        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", "/bound?page=1", ("X-Tenant", tenant));
                Assert.That((answer.Text, answer.Outcome, answer["Cache-Control"]), Is.EqualTo((tenant, expected, "no-cache")));
            }
        }
    }

    [TestCase(typeof(ModelController)), TestCase(typeof(PartController)), TestCase(typeof(ElementController))]
    public async Task Model_that_such_a_binder_makes_is_a_mistake_that_is_told(Type controller)
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([controller], services: AddBinder, redis: ""));

        Assert.That(mistake!.Message, Does.Contain("tenant").And.Contain("bind simple types"));
    }

    [Test]
    public async Task Model_that_takes_values_from_an_own_provider_is_a_mistake_that_is_told()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync(
            [typeof(QueryController)], services: AddValues, redis: ""));

        Assert.That(mistake!.Message, Does.Contain("query").And.Contain("bind simple types"));
    }

    [Test]
    public async Task Simple_value_from_an_own_provider_is_in_the_key()
    {
        await using var host = await CachedHost.StartAsync([typeof(ValueController)], services: AddValues);
        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", "/valued", ("X-Tenant", tenant));
                Assert.That((answer.Text, answer.Outcome, answer["Cache-Control"]), Is.EqualTo((tenant, expected, "no-cache")));
            }
        }
    }

    [Test]
    public async Task Model_of_the_query_alone_is_cached()
    {
        await using var host = await CachedHost.StartAsync([typeof(QueryController)]);
        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", $"/queried?tenant={tenant}");
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((tenant, expected)));
            }
        }
    }

    private static void AddBinder(IServiceCollection services) =>
        services.Configure<MvcOptions>(options => options.ModelBinderProviders.Insert(0, new TenantProvider()));

    private static void AddValues(IServiceCollection services) =>
        services.Configure<MvcOptions>(options => options.ValueProviderFactories.Insert(0, new TenantValues()));

    public sealed record Tenant(string Name);

    public enum TenantName
    {
        None,
        A,
        B,
    }

    public sealed record Query(string Tenant);

    public sealed record Part(Tenant? Tenant, int Page);

    private sealed class TenantProvider : IModelBinderProvider
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
            context.Metadata.ModelType == typeof(Tenant) || context.Metadata.ModelType == typeof(TenantName) ? new TenantBinder() : null;
    }

    private sealed class TenantBinder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            var name = bindingContext.HttpContext.Request.Headers["X-Tenant"].ToString();
            bindingContext.Result = ModelBindingResult.Success(
                bindingContext.ModelType == typeof(Tenant) ? new Tenant(name) : Enum.Parse<TenantName>(name, ignoreCase: true));
            return Task.CompletedTask;
        }
    }

    private sealed class TenantValues : IValueProviderFactory
    {
        public Task CreateValueProviderAsync(ValueProviderFactoryContext context)
        {
            context.ValueProviders.Insert(0, new HeaderValues(context.ActionContext.HttpContext.Request));
            return Task.CompletedTask;
        }

        private sealed class HeaderValues(HttpRequest request) : IValueProvider
        {
            public bool ContainsPrefix(string prefix) => prefix.Length == 0 || request.Headers.ContainsKey("X-" + prefix);

            public ValueProviderResult GetValue(string key) => new(request.Headers["X-" + key]);
        }
    }

    [Route("bound"), RedisCached(Seconds = 60, ClientSeconds = 10)]
    public sealed class SimpleController : ControllerBase
    {
        [HttpGet]
        public string Get(TenantName tenant, int page) => page == 0 ? "" : tenant == TenantName.A ? "a" : "b";
    }

    [Route("bound"), RedisCached(Seconds = 60)]
    public sealed class ModelController : ControllerBase
    {
        [HttpGet]
        public string Get(Tenant tenant) => tenant.Name;
    }

    [Route("bound"), RedisCached(Seconds = 60)]
    public sealed class PartController : ControllerBase
    {
        [HttpGet]
        public string Get([FromQuery(Name = "tenants")] Part part) => $"{part.Tenant}";
    }

    [Route("bound"), RedisCached(Seconds = 60)]
    public sealed class ElementController : ControllerBase
    {
        [HttpGet]
        public int Get([FromQuery] List<Tenant> tenants) => tenants.Count;
    }

    [Route("queried"), RedisCached(Seconds = 60)]
    public sealed class QueryController : ControllerBase
    {
        [HttpGet]
        public string Get(Query query) => query.Tenant;
    }

    [Route("valued"), RedisCached(Seconds = 60, ClientSeconds = 10)]
    public sealed class ValueController : ControllerBase
    {
        [HttpGet]
        public string Get(string tenant) => tenant;
    }
}
