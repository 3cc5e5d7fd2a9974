using System.Security.Claims;
using System.Security.Principal;

namespace UsersApi.Caching.Capture;

/// <summary>A user of whom the key holds some claims: that any other is looked at is noticed.</summary>
/// <remarks>What is not overridden here goes through <see cref="Identities"/>.</remarks>
internal sealed class WatchedPrincipal(ClaimsPrincipal user, string[] held, Action onRead) : ClaimsPrincipal
{
    public override IEnumerable<ClaimsIdentity> Identities => Noticed.Identities;

    public override IIdentity? Identity => Noticed.Identity;

    private ClaimsPrincipal Noticed
    {
        get
        {
            onRead();
            return user;
        }
    }

    // Type and value, which the key holds: a claim knows its subject, and all that is claimed of that.
    public override IEnumerable<Claim> FindAll(string type) => Of(type).FindAll(type).Select(claim => new Claim(type, claim.Value));

    public override Claim? FindFirst(string type) => FindAll(type).FirstOrDefault();

    public override bool HasClaim(string type, string value) => Of(type).HasClaim(type, value);

    public override bool HasClaim(Predicate<Claim> match) => Noticed.HasClaim(match);

    public override bool IsInRole(string role) => Noticed.IsInRole(role);

    private ClaimsPrincipal Of(string type) => held.Contains(type, StringComparer.OrdinalIgnoreCase) ? user : Noticed;
}
