using Microsoft.Extensions.Options;

namespace UsersApi.Identity;

/// <summary>Whose tokens are taken: section <c>Authentication</c>.</summary>
internal sealed class BearerOptions
{
    public const string Section = "Authentication";

    /// <summary>The issuer's URL, below which its OpenID Connect discovery document lies. Without it, Development makes its own tokens.</summary>
    public string? Authority { get; set; }

    /// <summary>What the issuer calls this API in a token's <c>aud</c>.</summary>
    public string? Audience { get; set; }

    /// <summary>Where the key is that signs Development's tokens; in the user's own data folder if left out.</summary>
    public string? DevelopmentKeyFile { get; set; }

    /// <summary>Refuses to start where nobody, or anybody on the way, could say who asks.</summary>
    internal sealed class Validator(IHostEnvironment environment) : IValidateOptions<BearerOptions>
    {
        public ValidateOptionsResult Validate(string? name, BearerOptions options) => options switch
        {
            { Authority: null } => environment.IsDevelopment()
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(
                    "Nobody is configured to issue tokens: set Authentication__Authority and Authentication__Audience, or start with ./dev run."),
            { Authority: var url } when !IsSafe(url) => ValidateOptionsResult.Fail("Authentication:Authority must be an absolute https URL."),
            { Audience: null or "" } => ValidateOptionsResult.Fail(
                "Authentication:Audience is missing: set Authentication__Audience to what the issuer calls this API."),
            _ => ValidateOptionsResult.Success,
        };

        // To this machine itself nobody is on the way.
        private static bool IsSafe(string url) =>
            Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
    }
}
