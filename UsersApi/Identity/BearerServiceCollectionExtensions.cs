using System.CommandLine;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>Registers who may do what: bearer tokens (RFC 6750) that are JWTs, and their scopes.</summary>
/// <remarks>Whose tokens are taken says the framework's own section, <c>Authentication:Schemes:Bearer</c>.</remarks>
internal static class BearerServiceCollectionExtensions
{
    public const string Scheme = JwtBearerDefaults.AuthenticationScheme;
    public const string Section = $"Authentication:Schemes:{Scheme}";
    public const string Challenge = "Bearer realm=\"UsersApi\"";

    // An issuer signs with a key of its own. A secret that it shared with us would let us, and whoever robs us, issue tokens.
    private static readonly string[] IssuersAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static IServiceCollection AddBearerTokens(this IServiceCollection services)
    {
        // Before AddJwtBearer, so that the section may say otherwise; what comes after it may not be changed.
        services.Configure<JwtBearerOptions>(Scheme, jwt => jwt.BackchannelTimeout = TimeSpan.FromSeconds(5));

        // Not AddAuthentication: it also brings data protection, which makes keys at every first start that nobody here would use.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = Scheme);
        services.AddWebEncoders();
        services.AddSingleton<IAuthenticationConfigurationProvider, AuthenticationSection>();
        new AuthenticationBuilder(services).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IHostEnvironment>(Configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JwtBearerOptions>, BearerValidator>();
        services.AddSingleton<Command, TokenCommand>();
        services.AddSingleton<IssuerReachability>();
        services.AddHealthChecks().AddCheck<IssuerReachability>("token-issuer", HealthStatus.Degraded, tags: ["ready"]);

        services.AddAuthorization();
        services.AddOptions<ReadScopeOptions>().BindConfiguration(ReadScopeOptions.Section);
        services.AddOptions<MvcOptions>().Configure<IOptions<ReadScopeOptions>>((mvc, reads) =>
        {
            if (reads.Value.RequireScopeForReads)
            {
                mvc.Conventions.Add(new ReadScopeConvention());
            }
        });
        services.AddOptions<ProblemDetailsOptions>().Configure<IHostEnvironment>(BearerProblems.Explain);
        return services;
    }

    private static void Configure(JwtBearerOptions jwt, IHostEnvironment environment)
    {
        // Claims keep the names that they have in the token.
        jwt.MapInboundClaims = false;
        jwt.Challenge = Challenge;
        jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = IssuerAway.FindOutAsync,
            OnAuthenticationFailed = IssuerAway.FindOutAsync,
            OnForbidden = BearerProblems.NameScopeAsync,
            OnChallenge = BearerProblems.NameScopeAsync,
        };
        var rules = jwt.TokenValidationParameters;
        rules.NameClaimType = "sub";
        rules.ClockSkew = TimeSpan.FromSeconds(30);
        rules.ValidAlgorithms = IssuersAlgorithms;
        if ((jwt.MetadataAddress ?? jwt.Authority) is { Length: > 0 } address)
        {
            // The validator lets http pass to this machine itself only. The framework's own check is off, as it would throw first.
            jwt.RequireHttpsMetadata = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        }
        else if (environment.IsDevelopment() && rules.ValidIssuer is { } issuer)
        {
            rules.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            UserSecretsKey.Add(rules, issuer);
        }
    }

    private sealed class AuthenticationSection(IConfiguration configuration) : IAuthenticationConfigurationProvider
    {
        public IConfiguration AuthenticationConfiguration { get; } = configuration.GetSection("Authentication");
    }
}
