namespace UsersApi.Tests.Caching.Host;

/// <summary>The Redis server that the environment names.</summary>
internal static class RedisServer
{
    /// <summary>The connection string; a clear failure where there is none, never a silent skip.</summary>
    public static string ConnectionString { get; } = Environment.GetEnvironmentVariable("ConnectionStrings__Redis")
        ?? throw new InvalidOperationException("No Redis: run ./dev test, or set ConnectionStrings__Redis (eval \"$(./dev up)\").");
}
