using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Host;

/// <summary>Actions whose answers the test gives, one by one.</summary>
[ApiController, Route("runs"), RedisCached(Seconds = 60, Tags = ["run:{id}"])]
public sealed class RunsController : ControllerBase
{
    [HttpGet("plain/{id:int}")]
    public Task<IActionResult> GetPlain(int id) => AnswerAsync(id);

    [HttpPut("plain/{id:int}")]
    public IActionResult PutPlain(int id)
    {
        Response.Headers.ETag = "\"put\"";
        return id > 0 ? NoContent() : BadRequest();
    }

    [HttpGet("tenants/{id:int}"), RedisCached(Seconds = 60, Vary = ["X-Tenant"])]
    public Task<IActionResult> GetTenants(int id) => AnswerAsync(id);

    [HttpGet("mine/{id:int}"), RedisCached(Seconds = 60, StaleSeconds = 30, Audience = CacheAudience.PerUser)]
    public Task<IActionResult> GetMine(int id) => AnswerAsync(id);

    [HttpGet("stale/{id:int}"), RedisCached(Seconds = 60, StaleSeconds = 30)]
    public Task<IActionResult> GetStale(int id) => AnswerAsync(id);

    [HttpGet("variants/{id:int}"), RedisCached(Seconds = 60, StaleSeconds = 30, Vary = ["X-Variant"])]
    public Task<IActionResult> GetVariant(int id) => AnswerAsync(id);

    [HttpPut("stale/{id:int}")]
    public IActionResult PutStale(int id) => id > 0 ? NoContent() : BadRequest();

    [HttpGet("error/{id:int}"), RedisCached(Seconds = 60, StaleIfErrorSeconds = 30)]
    public Task<IActionResult> GetError(int id) => AnswerAsync(id);

    [HttpPut("error/{id:int}")]
    public IActionResult PutError(int id) => id > 0 ? NoContent() : BadRequest();

    [HttpGet("across/{id:int}"), RedisCached(Seconds = 60, AcrossNodes = true)]
    public Task<IActionResult> GetAcross(int id) => AnswerAsync(id);

    [HttpPut("across/{id:int}")]
    public IActionResult PutAcross(int id) => id > 0 ? NoContent() : BadRequest();

    [HttpGet("ahead/{id:int}"), RedisCached(Seconds = 60, RefreshBeforeSeconds = 10)]
    public Task<IActionResult> GetAhead(int id) => AnswerAsync(id);

    [HttpPut("ahead/{id:int}")]
    public IActionResult PutAhead(int id) => id > 0 ? NoContent() : BadRequest();

    /// <summary>A host with these actions alone.</summary>
    internal static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null, Action<WebApplication>? pipeline = null, string? redis = null, string? prefix = null) =>
        CachedHost.StartAsync(
            [typeof(RunsController)], settings,
            collection =>
            {
                Runs.Register(collection);
                services?.Invoke(collection);
            },
            app =>
            {
                app.Use(ReadHeadersAsync);
                pipeline?.Invoke(app);
            },
            redis: redis, prefix: prefix);

    private static Task ReadHeadersAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
        }

        if (http.Request.Headers["X-Culture"].ToString() is { Length: > 0 } culture)
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new NamedCulture(culture);
        }

        return next(http);
    }

    private Task<IActionResult> AnswerAsync(int id) => id > 0 ? Runs.OfAsync(HttpContext) : Task.FromResult<IActionResult>(BadRequest());

    /// <summary>Cultures are invariant here, so that a name is all that they have.</summary>
    private sealed class NamedCulture(string name) : CultureInfo("")
    {
        public override string Name => name;
    }
}
