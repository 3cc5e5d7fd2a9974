using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>What an answer depends on without its action reading anything: outer filters, an application's own sources and dimensions.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class UnseenInputTests
{
    private const string Stored = "fwd=uri-miss; stored";
    private const string Hit = "hit; ttl=60";

    [TestCase("cookie"), TestCase("mixed"), TestCase("raw"), TestCase("same-name")]
    public async Task Arguments_from_a_source_of_the_application_select_a_response(string path)
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var theme in (string[])["dark", "light"])
            {
                var answer = await host.ExchangeAsync("GET", $"/unseen/{path}/5?page=1", ("X-Theme", theme));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo(($"{theme} 5 1", expected)));
            }
        }
    }

    [Test]
    public async Task Value_of_a_source_stands_in_no_key_and_no_client_keeps_what_it_selects()
    {
        await using var host = await StartAsync();

        var answer = await host.ExchangeAsync("GET", "/unseen/kept-by/5", ("X-Theme", "very-secret"));
        await Eventually.HoldsAsync(async () => (await host.KeysAsync()).Length == 1, "a key in Redis");

        Assert.That((answer.Outcome, answer["Cache-Control"]), Is.EqualTo((Stored, "no-cache")));
        Assert.That(await host.KeysAsync(), Has.None.Contain("very-secret"));
    }

    [Test]
    public async Task Value_of_a_source_does_not_pass_for_the_query_nor_for_the_path()
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/unseen/same-name/5?page=1", ("X-Theme", "6"));

        var other = await host.ExchangeAsync("GET", "/unseen/same-name/6?page=1", ("X-Theme", "5"));

        Assert.That((other.Text, other.Outcome), Is.EqualTo(("5 6 1", Stored)));
    }

    [Test]
    public async Task Claims_select_in_the_order_that_the_action_sees()
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var roles in (string[])["admin,reader", "reader,admin"])
            {
                var answer = await host.ExchangeAsync("GET", "/unseen/role", ("X-Roles", roles));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((roles.Split(',')[0], expected)));
            }
        }
    }

    [Test]
    public async Task Claim_that_is_held_tells_nothing_of_its_subject()
    {
        await using var host = await StartAsync();

        Assert.That((await host.ExchangeAsync("GET", "/unseen/subject", ("X-Roles", "reader"))).Text, Is.EqualTo("nobody"));
    }

    [Test]
    public async Task A_copy_of_what_one_user_got_is_no_answer_to_the_next_one()
    {
        await using var host = await StartAsync();

        foreach (var path in (string[])["role", "me"])
        {
            var answer = await host.ExchangeAsync("GET", $"/unseen/{path}", ("X-Roles", "reader"));
            Assert.That(answer["Vary"], Does.EndWith("Authorization, Cookie"));
            Assert.That(answer["Cache-Control"], Is.EqualTo("private, max-age=9"));
        }
    }

    [TestCase("blue", "no-cache"), TestCase(null, "max-age=9, s-maxage=20")]
    public async Task What_a_dimension_selects_may_be_kept_by_nobody_who_does_not_know_of_it(string? tenant, string control)
    {
        await using var host = await StartAsync(services => services.AddSingleton<ICacheKeyDimension, Tenant>());

        foreach (var expected in (string[])[Stored, Hit])
        {
            var answer = await host.ExchangeAsync("GET", "/unseen/kept", tenant is null ? [] : [("X-Tenant", tenant)]);
            Assert.That((answer.Outcome, answer["Cache-Control"]), Is.EqualTo((expected, control)));
        }
    }

    [Test]
    public async Task Model_from_a_source_of_the_application_is_a_mistake()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([typeof(OpaqueController)]));

        Assert.That(mistake!.Message, Does.Contain("the argument theme is made of more than the query"));
    }

    private static Task<CachedHost> StartAsync(Action<IServiceCollection>? services = null) => CachedHost.StartAsync(
        [typeof(UnseenController)],
        services: collection =>
        {
            collection.Configure<MvcOptions>(mvc => mvc.ValueProviderFactories.Add(new Themes()));
            services?.Invoke(collection);
        },
        pipeline: app =>
        {
            app.Use((http, next) =>
            {
                var roles = http.Request.Headers["X-Roles"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
                if (roles.Length > 0)
                    http.User = new ClaimsPrincipal(new ClaimsIdentity([new("sub", "ann"), .. roles.Select(role => new Claim("role", role))], "test"));

                return next(http);
            });
            app.UseRouting();
        });

    private sealed class Tenant : ICacheKeyDimension
    {
        public string Name => "tenant";

        public string? ValueOf(HttpContext http) => http.Request.Headers["X-Tenant"] is { Count: > 0 } tenant ? tenant.ToString() : null;
    }

    /// <summary>Binds what is bound from no place that MVC knows.</summary>
    private sealed class Themes : IValueProviderFactory
    {
        public Task CreateValueProviderAsync(ValueProviderFactoryContext context)
        {
            context.ValueProviders.Add(new Theme(context.ActionContext.HttpContext.Request.Headers["X-Theme"].ToString()));
            return Task.CompletedTask;
        }
    }

    private sealed class Theme(string theme) : BindingSourceValueProvider(FromThemeAttribute.Source)
    {
        public override bool ContainsPrefix(string prefix) => true;

        public override ValueProviderResult GetValue(string key) => new(theme);
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class FromThemeAttribute : Attribute, IBindingSourceMetadata, IModelNameProvider
    {
        public static readonly BindingSource Source = new("Theme", "Theme", isGreedy: false, isFromRequest: true);

        public BindingSource BindingSource => Source;

        public string? Name { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class FromThemeOrQueryAttribute : Attribute, IBindingSourceMetadata
    {
        public BindingSource BindingSource { get; } = CompositeBindingSource.Create([FromThemeAttribute.Source, BindingSource.Query], "Mixed");
    }

    public sealed class Filtered
    {
        public int Page { get; set; }
    }

    public sealed class Model
    {
        public string? Name { get; set; }
    }

    [Route("unseen"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public sealed class UnseenController : ControllerBase
    {
        [HttpGet("cookie/{id}")]
        public IActionResult GetCookie([FromTheme] string theme, int id, int page) => Content($"{theme} {id} {page}");

        [HttpGet("mixed/{id}")]
        public IActionResult GetMixed([FromThemeOrQuery] string theme, int id, int page) => Content($"{theme} {id} {page}");

        [HttpGet("raw/{id}")]
        public IActionResult GetRaw([FromTheme] string theme, int id, [FromQuery] Filtered filter) => Content($"{theme} {id} {filter.Page}");

        [HttpGet("same-name/{id}")]
        public IActionResult GetSameName([FromTheme(Name = "id")] string theme, [FromRoute] int id, int page) => Content($"{theme} {id} {page}");

        [HttpGet("role"), RedisCached(Seconds = 60, ClientSeconds = 9, Audience = CacheAudience.Everyone, VaryByClaims = ["role"])]
        public IActionResult GetRole() => Content(User.FindFirst("role")?.Value ?? "");

        [HttpGet("subject"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, VaryByClaims = ["role"])]
        public IActionResult GetSubject() => Content(User.FindFirst("role")?.Subject?.FindFirst("sub")?.Value ?? "nobody");

        [HttpGet("me"), RedisCached(Seconds = 60, ClientSeconds = 9, Audience = CacheAudience.PerUser)]
        public IActionResult GetMe() => Content("me");

        [HttpGet("kept-by/{id}"), RedisCached(Seconds = 60, ClientSeconds = 9, SharedSeconds = 20, Audience = CacheAudience.Everyone)]
        public IActionResult GetKeptBy([FromTheme] string theme, int id) => Content($"{theme} {id}");

        [HttpGet("kept"), RedisCached(Seconds = 60, ClientSeconds = 9, SharedSeconds = 20, Audience = CacheAudience.Everyone)]
        public IActionResult GetKept() => Content("kept");
    }

    [Route("opaque"), RedisCached(Seconds = 60)]
    public sealed class OpaqueController : ControllerBase
    {
        [HttpGet]
        public IActionResult Get([FromTheme] Model theme) => Content(theme.Name ?? "");
    }
}
