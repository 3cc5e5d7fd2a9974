using Microsoft.AspNetCore.Authorization;

namespace UsersApi.Identity;

/// <summary>Holds where one of the token's scopes is the one required.</summary>
internal sealed class ScopeRequirement(string scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.HasScope(scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
