using Microsoft.AspNetCore.Authorization;

namespace UsersApi.Identity;

/// <summary>Lets in only who brings a token with this scope: 401 without a token, 403 where the scope is not in it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresScopeAttribute(string scope) : AuthorizeAttribute, IAuthorizationRequirementData
{
    public string Scope { get; } = scope;

    /// <summary>For the document: another scope that the operation may need, and for what.</summary>
    public string? Besides { get; set; }

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new ScopeRequirement(Scope)];
}
