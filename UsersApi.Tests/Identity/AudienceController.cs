using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Tests.Identity;

/// <summary>What each audience means, with an answer that tells for whom it was made, and counts.</summary>
[ApiController]
[Route("audience")]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class AudienceController : ControllerBase
{
    private static int _runs;

    [HttpGet("anonymous")]
    [RedisCached(Seconds = 60)]
    public string Anonymous() => Made();

    [HttpGet("everyone")]
    [RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public string Everyone() => MadeForAll();

    [HttpGet("mine")]
    [RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
    public string Mine() => Made();

    [HttpGet("members/everyone")]
    [Authorize]
    [RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public string MembersEveryone() => MadeForAll();

    [HttpGet("members/mine")]
    [Authorize]
    [RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
    public string MembersMine() => Made();

    /// <summary>The same for all of a tenant, whom a filter of MVC tells from others.</summary>
    [HttpGet("tenants/{tenant}")]
    [TenantOfTheRoute]
    [RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public string OfTenant(string tenant) => $"{tenant}: {MadeForAll()}";

    /// <summary>One's own in a tenant.</summary>
    [HttpGet("tenants/{tenant}/mine")]
    [TenantOfTheRoute]
    [RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
    public string MineInTenant(string tenant) => $"{tenant}: {Made()}";

    // Who reads the user makes an answer for this user.
    private static string MadeForAll() => $"all {Interlocked.Increment(ref _runs)}";

    private string Made() => $"{User.FindFirst("sub")?.Value ?? "nobody"} {Interlocked.Increment(ref _runs)}";

    /// <summary>Lets in who is of the tenant in the route.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TenantOfTheRouteAttribute : Attribute, IAuthorizationFilter
    {
        public void OnAuthorization(AuthorizationFilterContext context)
        {
            if (context.HttpContext.User.Identity is not { IsAuthenticated: true })
            {
                context.Result = new ChallengeResult();
            }
            else if (context.HttpContext.User.FindFirst("tenant")?.Value != (string?)context.RouteData.Values["tenant"])
            {
                context.Result = new ForbidResult();
            }
        }
    }
}
