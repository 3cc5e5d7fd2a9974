using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Redis;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Keeps the switches of all nodes alike: a key in Redis says that they are off, and each node looks at it once a second. Without Redis
/// it is this node's switch alone.
/// </summary>
public sealed class CacheSwitches : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly KillSwitch _own;
    private readonly TimeProvider _time;
    private readonly RedisConnection? _redis;
    private volatile bool _isUntold;

    internal CacheSwitches(KillSwitch own, TimeProvider time, RedisConnection? redis) =>
        (_own, _time, _redis) = (own, time, redis);

    /// <summary>Whether this node caches.</summary>
    public bool IsOn => _own.IsOn;

    private RedisKey Key => _redis!.TagPrefix + "#off";

    /// <summary>Switches this node at once, and the others within a second.</summary>
    /// <returns>False where the others could not be told, because Redis is away.</returns>
    public async Task<bool> SetAsync(bool isOn)
    {
        _isUntold = true;
        _own.IsOff = !isOn;
        return await TryTellAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_redis is not null && !stoppingToken.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Interval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            // What was switched here while Redis was away comes first.
            if (await TryTellAsync() && await (await _redis!.DatabaseAsync()).KeyExistsAsync(Key) is var isOff && !_isUntold)
                _own.IsOff = isOff;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // It stays as it is until Redis can be asked again.
        }
    }

    private async Task<bool> TryTellAsync()
    {
        if (_redis is null || !_isUntold)
            return true;

        try
        {
            var database = await _redis.DatabaseAsync();
            if (_own.IsOff)
                await database.StringSetAsync(Key, "off");
            else
                await database.KeyDeleteAsync(Key);

            _isUntold = false;
            return true;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return false;
        }
    }
}
