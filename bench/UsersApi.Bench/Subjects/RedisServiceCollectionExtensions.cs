using StackExchange.Redis;

namespace UsersApi.Bench.Subjects;

/// <summary>Redis for the subjects that talk to it themselves.</summary>
internal static class RedisServiceCollectionExtensions
{
    /// <summary>What all keys of the benchmark begin with, so that they can be taken away again.</summary>
    public const string KeyPrefix = "users-api-bench:";

    public static void AddRedis(this WebApplicationBuilder builder)
    {
        var multiplexer = ConnectionMultiplexer.Connect(builder.RedisOptions());
        builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer);
        builder.Services.AddSingleton(multiplexer.GetDatabase());
    }

    public static ConfigurationOptions RedisOptions(this WebApplicationBuilder builder)
    {
        var options = ConfigurationOptions.Parse(builder.Configuration.GetConnectionString("Redis")!);
        // Many large bodies wait in line on one connection: on a busy machine longer than the 5 s that would fail them.
        options.AsyncTimeout = options.SyncTimeout = 30_000;
        return options;
    }
}
