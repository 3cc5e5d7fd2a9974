using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>Fails start-up when no issuer is configured, or when its keys would be fetched over plain HTTP from another machine.</summary>
internal sealed class BearerValidator(IHostEnvironment environment, IConfiguration configuration) : IValidateOptions<JwtBearerOptions>
{
    private const string Section = BearerServiceCollectionExtensions.Section;
    private const string Variable = "Authentication__Schemes__Bearer__";
    private const int KeyBits = 256;

    public ValidateOptionsResult Validate(string? name, JwtBearerOptions options) =>
        FindMistake(options, options.TokenValidationParameters) is { } mistake
            ? ValidateOptionsResult.Fail(mistake)
            : ValidateOptionsResult.Success;

    private string? FindMistake(JwtBearerOptions options, TokenValidationParameters rules)
    {
        var isDevelopment = environment.IsDevelopment();
        if (options.MetadataAddress is null && !(isDevelopment && rules.ValidIssuer is not null))
        {
            return $"Nobody is configured to issue tokens: set {Variable}Authority and {Variable}ValidAudience, or start with ./dev run.";
        }

        if (options.MetadataAddress is { } url && !IsSafe(url))
        {
            return $"{Section}:Authority must be an absolute https URL.";
        }

        if (string.IsNullOrEmpty(rules.ValidAudience) && !(rules.ValidAudiences ?? []).Any(audience => audience.Length > 0))
        {
            return $"{Section}:ValidAudience is missing: set {Variable}ValidAudience to what the issuer calls this API.";
        }

        if (!isDevelopment && configuration.GetSection($"{Section}:SigningKeys").Exists())
        {
            return $"{Section}:SigningKeys are for Development only: elsewhere the issuer signs with a key of its own.";
        }

        return rules.IssuerSigningKeys.Any(key => key.KeySize < KeyBits)
            ? $"{Section}:SigningKeys has a key of less than {KeyBits} bits: `dotnet user-jwts key --reset` makes another."
            : null;
    }

    // To this machine itself nobody is on the way.
    private static bool IsSafe(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
