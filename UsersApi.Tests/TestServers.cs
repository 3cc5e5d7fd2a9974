using System.ComponentModel.DataAnnotations;
using UsersApi.Caching.Operations;
using UsersApi.Tests.Host;

namespace UsersApi.Tests;

/// <summary>Makes the servers and the migrated template database available before the first test, and takes them away after the last.</summary>
[SetUpFixture]
public sealed class TestServers
{
    private static ServerPair? _servers;
    private static TestIssuer? _issuer;

    internal static string Postgres => _servers!.Postgres;

    internal static string Redis => _servers!.Redis;

    /// <summary>Whose tokens hosts outside of Development take.</summary>
    internal static TestIssuer Issuer => _issuer!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        Environment.SetEnvironmentVariable("APPDATA", TestTokens.SecretsRoot);
        // Each host would watch files, and a user may have 128 inotify instances: two runs beside each other used them up.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        ValidateOnce();
        var servers = ServerPair.Find(Environment.GetEnvironmentVariable);
        await servers.StartAsync();
        _servers = servers;
        _issuer = await TestIssuer.StartAsync();
        await TestDatabase.CreateTemplateAsync();
    }

    /// <summary>
    /// A range of durations converts its bounds at its first validation, without a lock: of two hosts that start at once, one fails.
    /// </summary>
    private static void ValidateOnce()
    {
        var options = ((Type[])[typeof(Program), typeof(RedisCachedOptions), typeof(CanaryOptions)])
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetConstructor([]) is not null);
        foreach (var each in options.Select(type => Activator.CreateInstance(type)!))
            Validator.TryValidateObject(each, new ValidationContext(each), [], validateAllProperties: true);
    }

    /// <summary>Runs also after a start that failed.</summary>
    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (_issuer is not null)
        {
            await _issuer.DisposeAsync();
        }

        if (_servers is null)
        {
            return;
        }

        await using (_servers)
        {
            await UsersApiHost.DisposeIdleAsync();
            await TestRedis.CloseAsync();
            await TestDatabase.DropTemplateAsync();
        }
    }
}
