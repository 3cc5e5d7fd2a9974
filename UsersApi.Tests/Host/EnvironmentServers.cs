namespace UsersApi.Tests.Host;

/// <summary>The servers that the standard connection strings name.</summary>
internal sealed class EnvironmentServers : IServerSource
{
    private static readonly string? PostgresVariable = Environment.GetEnvironmentVariable("ConnectionStrings__Postgres");
    private static readonly string? RedisVariable = Environment.GetEnvironmentVariable("ConnectionStrings__Redis");

    public static bool AreNamed => PostgresVariable is not null && RedisVariable is not null;

    public string Postgres => PostgresVariable!;

    public string Redis => RedisVariable!;

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
