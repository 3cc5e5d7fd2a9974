using UsersApi.Tests.Host;

namespace UsersApi.Tests;

/// <summary>Makes the servers and the migrated template database available before the first test, and takes them away after the last.</summary>
[SetUpFixture]
public sealed class TestServers
{
    // By name only: where the feed has no Testcontainers, the class is not in the build.
    private const string Containers = "UsersApi.Tests.Containers.ContainerServers";

    private static IServerSource? _source;
    private static TestIssuer? _issuer;

    internal static string Postgres => _source!.Postgres;

    internal static string Redis => _source!.Redis;

    /// <summary>Whose tokens hosts outside of Development take.</summary>
    internal static TestIssuer Issuer => _issuer!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        try
        {
            _source = EnvironmentServers.AreNamed ? new EnvironmentServers() : CreateContainers();
            await _source.StartAsync();
        }
        catch (Exception error) when (!EnvironmentServers.AreNamed)
        {
            throw new InvalidOperationException(NoServers(error.GetBaseException().Message), error);
        }

        _issuer = await TestIssuer.StartAsync();
        await TestDatabase.CreateTemplateAsync();
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (_issuer is not null)
        {
            await _issuer.DisposeAsync();
        }

        if (_source is not null)
        {
            await TestDatabase.DropTemplateAsync();
            await TestRedis.CloseAsync();
            await _source.DisposeAsync();
        }
    }

    private static IServerSource CreateContainers() =>
        typeof(TestServers).Assembly.GetType(Containers) is { } type
            ? (IServerSource)Activator.CreateInstance(type, nonPublic: true)!
            : throw new InvalidOperationException("this build has no Testcontainers");

    private static string NoServers(string reason) =>
        "The tests need a real Postgres and a real Redis. Run ./dev test, which finds them; or set ConnectionStrings__Postgres and "
        + $"ConnectionStrings__Redis; or start a Docker engine ({reason}).";
}
