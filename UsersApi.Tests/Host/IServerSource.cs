namespace UsersApi.Tests.Host;

/// <summary>Where Postgres and Redis come from: the environment, or containers, which some feeds' builds leave out.</summary>
internal interface IServerSource : IAsyncDisposable
{
    /// <summary>Names an account that may create databases.</summary>
    string Postgres { get; }

    string Redis { get; }

    Task StartAsync();
}
