using StackExchange.Redis;

namespace UsersApi.Bench.Subjects;

/// <summary>Redis for the subjects that talk to it themselves.</summary>
internal static class RedisServiceCollectionExtensions
{
    /// <summary>What all keys of the benchmark begin with, so that they can be taken away again.</summary>
    public const string KeyPrefix = "users-api-bench:";

    public static void AddRedis(this WebApplicationBuilder builder)
    {
        var multiplexer = ConnectionMultiplexer.Connect(builder.Configuration.GetConnectionString("Redis")!);
        builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
        builder.Services.AddSingleton(multiplexer.GetDatabase());
    }
}
