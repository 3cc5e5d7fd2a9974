using System.Globalization;
using StackExchange.Redis;
using UsersApi.Caching.Redis;

namespace UsersApi.Caching.Operations;

/// <summary>
/// The memory of Redis, of all masters of a cluster, as <c>INFO memory</c> told it when somebody last collected: a collection waits for
/// nothing, and begins the next look.
/// </summary>
internal sealed class RedisMemory(RedisConnection connection)
{
    private long _used;
    private long _limit;
    private int _isLooking;

    public long Used
    {
        get
        {
            if (Interlocked.Exchange(ref _isLooking, 1) == 0)
                _ = LookAsync();

            return Volatile.Read(ref _used);
        }
    }

    public long Limit => Volatile.Read(ref _limit);

    private async Task LookAsync()
    {
        try
        {
            var masters = (await connection.Multiplexer).GetServers().Where(server => server is { IsConnected: true, IsReplica: false });
            var told = await Task.WhenAll(masters.Select(async server => $"{await server.ExecuteAsync("INFO", "memory")}".Split("\r\n")));
            Volatile.Write(ref _used, told.Sum(each => Find(each, "used_memory:")));
            Volatile.Write(ref _limit, told.Sum(each => Find(each, "maxmemory:")));
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // Away, or not allowed: the last number stands, and cache.redis.available tells the rest.
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private static long Find(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
        && long.TryParse(line.AsSpan(name.Length), CultureInfo.InvariantCulture, out var value) ? value : 0;
}
