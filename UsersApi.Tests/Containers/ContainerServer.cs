using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Testcontainers.PostgreSql;
using Testcontainers.Redis;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Containers;

/// <summary>A throw-away server in Docker.</summary>
internal sealed class ContainerServer : ITestServer
{
    // Testcontainers publishes on every address of the machine, and these servers hardly ask who comes.
    private const string Loopback = "127.0.0.1";

    // Called at the start only, because a builder fails where it finds no engine.
    private readonly Func<DockerContainer> _build;
    private DockerContainer? _container;

    private ContainerServer(Func<DockerContainer> build) => _build = build;

    public string ConnectionString => _container switch
    {
        PostgreSqlContainer postgres => postgres.GetConnectionString(),
        RedisContainer redis => redis.GetConnectionString(),
        _ => throw new InvalidOperationException("The container has not started."),
    };

    public static ContainerServer Postgres() => new(() => new PostgreSqlBuilder("postgres:18-alpine")
        .WithCommand("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
        .WithCreateParameterModifier(PublishOnLoopback)
        .Build());

    /// <param name="change">Changes the container before it is built.</param>
    public static ContainerServer Redis(Func<RedisBuilder, RedisBuilder>? change = null)
    {
        change ??= builder => builder;
        return new ContainerServer(() => change(new RedisBuilder("redis:7-alpine").WithCreateParameterModifier(PublishOnLoopback)).Build());
    }

    public async Task StartAsync()
    {
        // Inside of a container, Testcontainers would look for the ports at the network's gateway.
        TestcontainersSettings.DockerHostOverride ??= Loopback;
        _container = _build();
        await _container.StartAsync();
    }

    public ValueTask DisposeAsync() => _container?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static void PublishOnLoopback(CreateContainerParameters container)
    {
        foreach (var port in container.HostConfig!.PortBindings!.SelectMany(bindings => bindings.Value))
        {
            port.HostIP = Loopback;
        }
    }
}
