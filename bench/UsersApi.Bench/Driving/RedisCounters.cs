using System.Globalization;
using StackExchange.Redis;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>What Redis has done since it started.</summary>
internal readonly record struct RedisUsage(long Commands, long Bytes, double CpuSeconds)
{
    public static RedisUsage operator -(RedisUsage left, RedisUsage right) =>
        new(left.Commands - right.Commands, left.Bytes - right.Bytes, left.CpuSeconds - right.CpuSeconds);
}

/// <summary>Counts what subjects ask of Redis.</summary>
internal sealed class RedisCounters(IConnectionMultiplexer redis) : IAsyncDisposable
{
    // A reading counts itself in the next one.
    private RedisUsage _ofReading;

    public static async Task<RedisCounters> ConnectAsync(string connectionString)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AllowAdmin = true;
        var counters = new RedisCounters(await ConnectionMultiplexer.ConnectAsync(options));
        await counters.ReadAsync();
        var before = await counters.ReadAsync();
        counters._ofReading = await counters.ReadAsync() - before;
        return counters;
    }

    /// <summary>What was asked since an earlier reading, without that reading itself.</summary>
    public async Task<RedisUsage> SinceAsync(RedisUsage before) => await ReadAsync() - before - _ofReading;

    public async Task<RedisUsage> ReadAsync()
    {
        var info = (await redis.GetDatabase().ExecuteAsync("INFO", "stats", "cpu")).ToString();
        return new RedisUsage(
            (long)Field("total_commands_processed"), (long)(Field("total_net_input_bytes") + Field("total_net_output_bytes")),
            Field("used_cpu_sys") + Field("used_cpu_user"));

        double Field(string name) => double.Parse(
            info.Split('\n').First(line => line.StartsWith(name + ':', StringComparison.Ordinal)).AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Takes away what subjects have stored.</summary>
    public async Task ClearAsync()
    {
        foreach (var server in redis.GetServers())
        {
            await foreach (var keys in server.KeysAsync(pattern: RedisServiceCollectionExtensions.KeyPrefix + "*", pageSize: 1_000).Chunk(1_000))
                await redis.GetDatabase().KeyDeleteAsync(keys);
        }
    }

    public ValueTask DisposeAsync() => redis.DisposeAsync();
}
