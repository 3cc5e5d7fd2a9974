using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using UsersApi.Hosting;

namespace UsersApi.Identity;

/// <summary>Registers who may do what: bearer tokens (RFC 6750) that are JWTs, and their scopes.</summary>
internal static class BearerServiceCollectionExtensions
{
    public const string Scheme = JwtBearerDefaults.AuthenticationScheme;
    public const string Challenge = "Bearer realm=\"UsersApi\"";

    // An issuer signs with a key of its own. A secret that it shared with us would let us, and whoever robs us, issue tokens.
    private static readonly string[] IssuersAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static IServiceCollection AddBearerTokens(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BearerOptions>().Bind(configuration.GetSection(BearerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BearerOptions>, BearerOptions.Validator>();
        services.AddSingleton<DevelopmentKey>();
        services.AddSingleton<DevelopmentTokens>();

        // Lazily: to list the commands, no key needs to be made.
        services.AddSingleton<ICommand>(provider => new TokenCommand(
            provider.GetRequiredService<IHostEnvironment>(),
            provider.GetRequiredService<IOptions<BearerOptions>>(),
            new(provider.GetRequiredService<DevelopmentTokens>)));

        // Not AddAuthentication: it also brings data protection, which makes keys at every first start that nobody here would use.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = Scheme);
        services.AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<JwtBearerOptions, JwtBearerHandler>(Scheme, null, null);
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IOptions<BearerOptions>, IServiceProvider>(Configure).ValidateOnStart();

        services.AddAuthorization();
        services.AddOptions<ProblemDetailsOptions>().Configure<IHostEnvironment>(BearerProblems.Explain);
        return services;
    }

    private static void Configure(JwtBearerOptions jwt, IOptions<BearerOptions> options, IServiceProvider services)
    {
        // Claims keep the names that they have in the token.
        jwt.MapInboundClaims = false;
        jwt.Challenge = Challenge;
        jwt.Events = new JwtBearerEvents { OnForbidden = BearerProblems.NameScopeAsync };
        var rules = jwt.TokenValidationParameters;
        rules.NameClaimType = "sub";
        rules.ClockSkew = TimeSpan.FromSeconds(30);
        if (options.Value is { Authority: { } authority, Audience: var audience })
        {
            jwt.Authority = authority;

            // Options let http pass to this machine itself only.
            jwt.RequireHttpsMetadata = authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            jwt.BackchannelTimeout = TimeSpan.FromSeconds(5);
            rules.ValidAudience = audience;
            rules.ValidAlgorithms = IssuersAlgorithms;
            return;
        }

        rules.ValidIssuer = DevelopmentTokens.Issuer;
        rules.ValidAudience = DevelopmentTokens.Audience;
        rules.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
        rules.IssuerSigningKey = services.GetRequiredService<DevelopmentKey>().Key;
    }
}
