using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary><c>UsersApi token [SCOPE ...]</c>: prints a token, and nothing else, so that a shell can put it into a header.</summary>
internal sealed class TokenCommand : Command
{
    // A working day: whoever made one in the morning is not held up in the afternoon.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly Argument<string[]> _scopes = new("scope")
    {
        Description = $"What it allows ({string.Join(", ", Scopes.All)}); everything if left out",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public TokenCommand(IHostEnvironment environment, IOptionsMonitor<JwtBearerOptions> bearer, TimeProvider clock)
        : base("token", "Prints a token for Development")
    {
        _scopes.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !Scopes.All.Contains(token.Value)) is { } unknown)
            {
                result.AddError($"'{unknown.Value}' is not a scope: {string.Join(", ", Scopes.All)} are.");
            }
        });
        Arguments.Add(_scopes);
        SetAction(async (parsed, _) =>
        {
            // First the environment: outside Development the options would complain of something else.
            var options = environment.IsDevelopment() ? bearer.Get(BearerServiceCollectionExtensions.Scheme) : null;
            if (options is not { MetadataAddress: null })
            {
                throw new ValidationException("Tokens are made here in Development without an Authority only; else the issuer makes them.");
            }

            var scopes = parsed.GetValue(_scopes) is { Length: > 0 } some ? some : Scopes.All;
            var token = CreateToken(options.TokenValidationParameters, scopes, clock.GetUtcNow().UtcDateTime);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(token);
        });
    }

    private static string CreateToken(TokenValidationParameters rules, IEnumerable<string> scopes, DateTime now) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = rules.ValidIssuer,
            Audience = rules.ValidAudience ?? rules.ValidAudiences.First(),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = "developer", ["scope"] = string.Join(' ', scopes) },
            SigningCredentials = new(rules.IssuerSigningKey ?? rules.IssuerSigningKeys.First(), SecurityAlgorithms.HmacSha256),
        });
}
