using Microsoft.Extensions.Options;
using UsersApi.Hosting;

namespace UsersApi.Identity;

/// <summary><c>UsersApi token [SCOPE ...]</c>: prints a token, and nothing else, so that a shell can put it into a header.</summary>
internal sealed class TokenCommand(IHostEnvironment environment, IOptions<BearerOptions> options, Lazy<DevelopmentTokens> tokens) : ICommand
{
    public string Name => "token";

    public string Usage => "token [SCOPE ...]                prints a token for Development, with all scopes or these";

    public async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments.FirstOrDefault(argument => !Scopes.All.Contains(argument)) is { } unknown)
        {
            throw new UsageException($"'{unknown}' is not a scope: {string.Join(", ", Scopes.All)} are.");
        }

        // First the environment: outside Development the options would complain of something else.
        if (!environment.IsDevelopment() || options.Value.Authority is not null)
        {
            throw new StartupException("tokens are made here in Development without Authentication:Authority only; else the issuer makes them.");
        }

        await Console.Out.WriteLineAsync(tokens.Value.Create(arguments.Count > 0 ? arguments : Scopes.All));
    }
}
