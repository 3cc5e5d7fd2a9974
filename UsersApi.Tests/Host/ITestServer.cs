namespace UsersApi.Tests.Host;

/// <summary>A server that all tests share.</summary>
public interface ITestServer : IAsyncDisposable
{
    /// <summary>Known once the server has started.</summary>
    string ConnectionString { get; }

    Task StartAsync();
}
