using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Testcontainers.PostgreSql;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Containers;

/// <summary>Throw-away servers in Docker.</summary>
internal sealed class ContainerServers : IServerSource
{
    private const int RedisPort = 6379;

    private readonly PostgreSqlContainer _postgres = new PostgreSqlBuilder("postgres:18-alpine")
        .WithCommand("-c", "fsync=off", "-c", "max_connections=200")
        .Build();

    private readonly IContainer _redis = new ContainerBuilder("redis:7-alpine")
        .WithPortBinding(RedisPort, assignRandomHostPort: true)
        .WithWaitStrategy(Wait.ForUnixContainer().UntilCommandIsCompleted("redis-cli", "ping"))
        .Build();

    public string Postgres => _postgres.GetConnectionString();

    public string Redis => $"{_redis.Hostname}:{_redis.GetMappedPublicPort(RedisPort)}";

    public Task StartAsync() => Task.WhenAll(_postgres.StartAsync(), _redis.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
