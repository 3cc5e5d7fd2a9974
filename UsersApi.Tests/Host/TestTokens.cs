using Microsoft.Extensions.Options;
using UsersApi.Identity;

namespace UsersApi.Tests.Host;

/// <summary>The key that signs Development's tokens, in a file of the tests' own, and tokens signed with it.</summary>
internal static class TestTokens
{
    public static string KeyFile { get; } = Path.Combine(AppContext.BaseDirectory, "development.key");

    public static string Development(params IEnumerable<string> scopes) =>
        new DevelopmentTokens(new DevelopmentKey(Options.Create(new BearerOptions { DevelopmentKeyFile = KeyFile })), TimeProvider.System).Create(scopes);

    public static string Production(params IEnumerable<string> scopes) => TestServers.Issuer.CreateToken(scope: string.Join(' ', scopes));
}
