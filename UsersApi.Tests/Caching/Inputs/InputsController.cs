using System.Security.Claims;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ActionConstraints;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>
/// Actions that answer what they read of their request. Without <c>[ApiController]</c>, MVC binds from forms too.
/// </summary>
[Route("inputs"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
public sealed class InputsController : Controller
{
    [HttpGet("reads/{what}")]
    public IActionResult GetRead(string what, int limit = 0) => Content($"{limit} {what switch
    {
        "header" => Request.Headers["X-Tenant"].ToString(),
        "typed-header" => Request.Headers.UserAgent.ToString(),
        "all-headers" => string.Join(';', Request.Headers.Select(header => $"{header.Key}={header.Value}")),
        "has-header" => Request.Headers.ContainsKey("X-Tenant"),
        "accept" => Request.Headers.Accept.ToString(),
        "cookie" => Request.Cookies["tenant"],
        "session" => HttpContext.Session.GetString("tenant"),
        "user" => User.FindFirst("sub")?.Value,
        "own-user" => (User as Member)?.Tenant,
        "address" => HttpContext.Connection.RemotePort,
        "protocol" => Request.Protocol,
        "scheme" => Request.Scheme,
        "host" => Request.Host.Value,
        "path" => Request.Path.Value,
        "declared-query" => Request.Query["limit"].ToString(),
        "dotted-query" => Request.Query["limit[name]"].ToString(),
        "query-string" => Request.QueryString.Value,
        "url" => Request.GetEncodedUrl(),
        "trace" => Request.Headers.TraceParent.ToString(),
        "conditions" => Request.Headers.IfNoneMatch.ToString() + Request.Headers.Range,
        "method" => Request.Method,
        _ => "",
    }}");

    [HttpGet("raw")]
    public IActionResult GetRaw() => Content($"{Request.QueryString.Value} {Request.GetEncodedPathAndQuery()} {Request.Query["a"]}");

    [HttpGet("form")]
    public IActionResult GetForm(string? q) => Content(q ?? "none");

    [HttpGet("content")]
    public async Task<IActionResult> GetContent()
    {
        using var reader = new StreamReader(Request.Body);
        return Content(await reader.ReadToEndAsync());
    }

    [HttpGet("tenant")]
    public IActionResult GetTenant([FromRoute] string? tenant) => Content(tenant ?? "none");

    [HttpGet("raw-tenant")]
    public IActionResult GetRawTenant() => Content((string?)RouteData.Values["tenant"] ?? "none");

    [HttpGet("hashed"), RedisCached(Seconds = 60)]
    public IActionResult GetHashed([HashedInKey] string? name, [FromHeader(Name = "Name")] string? header, int page = 1) => Content($"{name}|{header}|{page}");

    [HttpGet("scopes"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, VaryByClaims = ["scope"])]
    public IActionResult GetScopes() => Content(string.Join(',', User.FindAll("scope").Select(claim => claim.Value)));

    [HttpGet("other-claim"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, VaryByClaims = ["scope"])]
    public IActionResult GetOtherClaim() => Content(User.FindFirst("sub")?.Value ?? "nobody");

    [HttpGet("number"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public IActionResult GetNumber([FromHeader(Name = "X-Number")] int number) => Content($"{number} {Request.Headers["X-Number"]}");

    [HttpGet("late-flag")]
    public IActionResult GetLateFlag()
    {
        var made = (string?)HttpContext.Items["flag"];
        HttpContext.Items["flag"] = "changed";
        return Content(made ?? "none");
    }

    [HttpGet("accept-view")]
    public IActionResult GetOwnResult() => new OwnResult();

    [HttpGet("accept-file")]
    public IActionResult GetOwnFile() => new OwnFile();

    [HttpGet("flag")]
    public IActionResult GetFlag() => Content((string?)HttpContext.Items["flag"] ?? "none");

    [HttpGet("vary/{id:int}")]
    public IActionResult GetVary(int id)
    {
        Response.Headers.Vary = $"X-Own-{id}";
        return Content($"{id} {Request.Headers[$"X-Own-{id}"]}");
    }

    [HttpGet("version"), Version("1")]
    public IActionResult GetFirst() => Content("first");

    [HttpGet("version"), Version("2")]
    public IActionResult GetSecond() => Content("second");

    /// <summary>A result of the framework's, which the application executes by itself.</summary>
    private sealed class OwnFile() : FileResult("text/plain")
    {
        public override Task ExecuteResultAsync(ActionContext context) => context.HttpContext.Response.WriteAsync(context.HttpContext.Request.Headers.Accept.ToString());
    }

    private sealed class OwnResult : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => context.HttpContext.Response.WriteAsync(context.HttpContext.Request.Headers.Accept.ToString());
    }

    /// <summary>Chooses between actions of one path by a header.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class VersionAttribute(string version) : Attribute, IActionConstraint
    {
        public string Version => version;

        public int Order => 0;

        public bool Accept(ActionConstraintContext context) => context.RouteContext.HttpContext.Request.Headers["X-Version"] == version;
    }
}

/// <summary>A user who knows more than claims.</summary>
internal sealed class Member(string tenant) : ClaimsPrincipal(new ClaimsIdentity("test"))
{
    public string Tenant => tenant;
}
