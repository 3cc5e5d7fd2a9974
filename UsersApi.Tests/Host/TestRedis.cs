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

    /// <summary>Every key below a prefix, without it.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        foreach (var server in (await Connection.Value).GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: $"{prefix}*"))
            {
                keys.Add(key.ToString()[prefix.Length..]);
            }
        }

        return keys;
    }

    public static async Task CloseAsync()
    {
        if (Connection.IsValueCreated)
        {
            await (await Connection.Value).DisposeAsync();
        }
    }
}
