using System.Text;
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

    /// <summary>Every key below a prefix with all that is in it, as text.</summary>
    public static async Task<string> ReadAsync(string prefix)
    {
        var redis = await Connection.Value;
        var text = new StringBuilder();
        foreach (var server in redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: $"{prefix}*"))
            {
                text.Append(key.ToString()).Append('\n');
                if (await redis.GetDatabase().KeyTypeAsync(key) is RedisType.String)
                {
                    text.Append(await redis.GetDatabase().StringGetAsync(key)).Append('\n');
                    continue;
                }

                foreach (var field in await redis.GetDatabase().HashGetAllAsync(key))
                {
                    text.Append(field.Name).Append(' ').Append(field.Value).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    public static async Task CloseAsync()
    {
        if (Connection.IsValueCreated)
        {
            await (await Connection.Value).DisposeAsync();
        }
    }
}
