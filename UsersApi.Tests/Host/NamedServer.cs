namespace UsersApi.Tests.Host;

/// <summary>A server that a connection string in the environment names. Somebody else starts and stops it.</summary>
internal sealed class NamedServer(string connectionString) : ITestServer
{
    public string ConnectionString => connectionString;

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
