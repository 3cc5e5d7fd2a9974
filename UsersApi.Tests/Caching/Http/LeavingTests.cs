using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What leaves is right for the caches behind this one, and what an action says of its own answer counts.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class LeavingTests
{
    private readonly Table _table = new(typeof(LeavingController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("412 and 416 are for one client's conditions, and no cache may keep them",
            Get("/leaving/plain"), Get("/leaving/plain", ("If-Match", "\"x\"")).Gives(412).With("Cache-Control", "no-store"),
            Get("/leaving/plain", ("Range", "bytes=99-")).Gives(416).With("Cache-Control", "no-store"), Get("/leaving/plain", ("If-None-Match", "*")).Gives(304).With("Cache-Control", "max-age=9")) { IsLikePlain = false },
        new Row("An anonymous answer that a browser may keep is for requests without credentials", Get("/leaving/plain").With("Vary", "Accept, Authorization, Cookie"), Get("/leaving/plain").Is("hit; ttl=60").With("Vary", "Accept, Authorization, Cookie")),
        new Row("What authorization guards leaves as private", Get("/leaving/guarded", ("X-User", "a")).With("Cache-Control", "private, max-age=9"), Get("/leaving/guarded", ("X-User", "b")).Is("hit; ttl=60").With("Cache-Control", "private, max-age=9"))
            { Services = services => services.AddAuthorization(), Pipeline = UseUserAndAuthorization },
        new Row("What a user gets where the action itself asks for none leaves as private too", Get("/leaving/shared", ("X-User", "a")).With("Cache-Control", "private, max-age=9"), Get("/leaving/shared", ("X-User", "b")).Is("hit; ttl=60").With("Cache-Control", "private, max-age=9"))
            { Services = services => services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()), Pipeline = UseUserAndAuthorization },
        new Row("What nobody's user is needed for leaves for shared caches", Get("/leaving/shared").With("Cache-Control", "max-age=9, s-maxage=20")),
        new Row("Where a client's languages choose the culture, Vary says so", Get("/leaving/culture", ("Accept-Language", "de")).Says("de").With("Vary", "Accept, Authorization, Cookie, Accept-Language").With("Cache-Control", "max-age=9"),
            Get("/leaving/culture", ("Accept-Language", "fr")).Is("fwd=uri-miss; stored").Says("fr"), Get("/leaving/culture", ("Accept-Language", "de")).Is("hit; ttl=60").Says("de"),
            Get("/leaving/culture", ("Cookie", ".AspNetCore.Culture=c%3Dfr%7Cuic%3Dfr")).Says("fr").With("Cache-Control", "no-cache")) { Pipeline = UseCultures },
        Says("max-age=2147483648", "hit; ttl=60"), Says("max-age=99999999999999999999", "hit; ttl=60"), Says("max-age=\"5\"", "hit; ttl=5"), Says("s-maxage=\"7\", max-age=9", "hit; ttl=7"),
        Says("max-age=-1", "fwd=uri-miss; detail=action-cache-control"),
        new Row("The status' own reason phrase is no reason phrase of its own", Get("/leaving/reason?phrase=OK").Is("fwd=uri-miss; stored"), Get("/leaving/reason?phrase=Fine").Is("fwd=uri-miss; detail=not-replayable")),
        new Row("The action's own stale-while-revalidate counts within the attribute's", Get("/leaving/stale?control=max-age=9,stale-while-revalidate=5"), Later(10),
            Get("/leaving/stale?control=max-age=9,stale-while-revalidate=5").Is("hit; ttl=-1; detail=stale-while-revalidate")) { IsLikePlain = false, IsLikeKillSwitch = false },
        new Row("The action's own stale-while-revalidate ends before the attribute's", Get("/leaving/stale?control=max-age=9,stale-while-revalidate=5"), Later(15),
            Get("/leaving/stale?control=max-age=9,stale-while-revalidate=5").Is("fwd=stale; stored")) { IsLikePlain = false, IsLikeKillSwitch = false },
        new Row("Half a body that a result filter made an answer of is not stored", Get("/leaving/half").Is("fwd=uri-miss; detail=not-replayable").Says("half of "), Get("/leaving/half").Is("fwd=uri-miss; detail=not-replayable").Runs(2)),
        new Row("A safe method that is not GET evicts nothing", Get("/leaving/plain"), Send("QUERY", "/leaving/plain"), Get("/leaving/plain").Is("hit; ttl=60"), Send("REPORT", "/leaving/plain"), Get("/leaving/plain").Is("hit; ttl=60")),
        new Row("An action that says so evicts nothing", Get("/leaving/plain"), Send("POST", "/leaving/plain"), Get("/leaving/plain").Is("hit; ttl=60"), Send("PUT", "/leaving/plain"), Get("/leaving/plain").Is("fwd=stale; stored")),
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Says(string control, string then) => new(
        $"Cache-Control {control} of the action is read", Get($"/leaving/control?control={Uri.EscapeDataString(control)}"), Get($"/leaving/control?control={Uri.EscapeDataString(control)}").Is(then));

    private static void UseUserAndAuthorization(WebApplication app)
    {
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", http.Request.Headers["X-User"].ToString())], "test"));
            return next(http);
        });
        app.UseRouting();
        app.UseAuthorization();
    }

    private static void UseCultures(WebApplication app) => app.UseRequestLocalization(new RequestLocalizationOptions
    {
        SupportedCultures = [new NamedCulture("en"), new NamedCulture("de"), new NamedCulture("fr")],
        SupportedUICultures = [new NamedCulture("en"), new NamedCulture("de"), new NamedCulture("fr")],
        DefaultRequestCulture = new RequestCulture(new NamedCulture("en")),
    });

    [ApiController, Route("leaving"), RedisCached(Seconds = 60, ClientSeconds = 9)]
    public sealed class LeavingController : ControllerBase
    {
        [HttpGet("plain")]
        public IActionResult GetPlain() => Content("0123456789");

        [AcceptVerbs("QUERY", "REPORT", Route = "plain")]
        public IActionResult Query() => Content("queried");

        [HttpPost("plain"), RedisCacheEvict(Enabled = false)]
        public IActionResult Count() => Content("counted");

        [HttpPut("plain")]
        public IActionResult Put() => Content("put");

        [HttpGet("guarded"), Authorize, RedisCached(Seconds = 60, ClientSeconds = 9, Audience = CacheAudience.Everyone)]
        public IActionResult GetGuarded() => Content("guarded");

        [HttpGet("shared"), RedisCached(Seconds = 60, ClientSeconds = 9, SharedSeconds = 20, Audience = CacheAudience.Everyone)]
        public IActionResult GetShared() => Content("shared");

        [HttpGet("culture")]
        public IActionResult GetCulture() => Content(System.Globalization.CultureInfo.CurrentCulture.Name);

        [HttpGet("control")]
        public IActionResult GetControl(string control)
        {
            Response.Headers.CacheControl = control;
            return Content("controlled");
        }

        [HttpGet("stale"), RedisCached(Seconds = 60, StaleSeconds = 30)]
        public IActionResult GetStale(string control) => GetControl(control);

        [HttpGet("reason")]
        public IActionResult GetReason(string phrase)
        {
            HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!.ReasonPhrase = phrase;
            return Content("reasoned");
        }

        [HttpGet("half"), Handled]
        public IActionResult GetHalf() => new HalfResult();
    }

    /// <summary>Cultures are invariant here, so that a name is all that they have.</summary>
    private sealed class NamedCulture(string name) : System.Globalization.CultureInfo("")
    {
        public override string Name => name;
    }

    private sealed class HalfResult : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context)
        {
            await context.HttpContext.Response.WriteAsync("half of ");
            throw new InvalidOperationException("In the middle of it.");
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class HandledAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuted(ResultExecutedContext context) => context.ExceptionHandled = true;
    }
}
