using Microsoft.AspNetCore.Authorization;

namespace UsersApi.Identity;

/// <summary>Holds where one of the token's scopes is the one required.</summary>
/// <remarks>RFC 9068 section 2.2.3 has one claim <c>scope</c>, separated by spaces; some issuers send <c>scp</c>, or a claim for each.</remarks>
internal sealed class ScopeRequirement(string scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.Claims.Any(claim => claim.Type is "scope" or "scp" && claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
