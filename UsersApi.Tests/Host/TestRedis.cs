using System.Text;
using StackExchange.Redis;

namespace UsersApi.Tests.Host;

/// <summary>The tests' own look into Redis.</summary>
internal static class TestRedis
{
    private static readonly Lazy<Task<ConnectionMultiplexer>> Connection = new(() => ConnectionMultiplexer.ConnectAsync(TestServers.Redis));

    public static async Task DeleteAsync(string prefix)
    {
        foreach (var key in await KeysAsync(prefix))
        {
            await (await Connection.Value).GetDatabase().KeyDeleteAsync(key);
        }
    }

    /// <summary>Every key below a prefix, one a line.</summary>
    public static async Task<string> ReadKeysAsync(string prefix) => string.Join('\n', await KeysAsync(prefix));

    /// <summary>Every key below a prefix with all that is in it, as text.</summary>
    public static async Task<string> ReadAsync(string prefix)
    {
        var database = (await Connection.Value).GetDatabase();
        var text = new StringBuilder();
        foreach (var key in await KeysAsync(prefix))
        {
            text.AppendLine(key);
            if (await database.KeyTypeAsync(key) is RedisType.String)
            {
                text.AppendLine(await database.StringGetAsync(key));
                continue;
            }

            text.AppendJoin('\n', await database.HashGetAllAsync(key)).AppendLine();
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

    /// <summary>Every key below a prefix.</summary>
    public static async Task<List<string>> KeysAsync(string prefix)
    {
        List<string> keys = [];
        foreach (var server in (await Connection.Value).GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: $"{prefix}*"))
            {
                keys.Add(key.ToString());
            }
        }

        return keys;
    }
}
