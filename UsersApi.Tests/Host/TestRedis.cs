using StackExchange.Redis;

namespace UsersApi.Tests.Host;

/// <summary>The tests' own look into Redis.</summary>
internal static class TestRedis
{
    private static readonly Lazy<Task<ConnectionMultiplexer>> Connection = new(() => ConnectionMultiplexer.ConnectAsync(TestServers.Redis));

    public static async Task DeleteAsync(string prefix)
    {
        var redis = await Connection.Value;
        foreach (var server in redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: $"{prefix}*"))
            {
                await redis.GetDatabase().KeyDeleteAsync(key);
            }
        }
    }

    public static async Task CloseAsync()
    {
        if (Connection.IsValueCreated)
        {
            await (await Connection.Value).DisposeAsync();
        }
    }
}
