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
    // A Redis that is full refuses what may take memory, unless it is said that it may.
    private const string SwitchOff = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 'off')";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly KillSwitch _own;
    private readonly TimeProvider _time;
    private readonly RedisConnection? _redis;

    // What Redis is told and what is looked at there follow one another.
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isUntold;

    internal CacheSwitches(KillSwitch own, TimeProvider time, RedisConnection? redis) => (_own, _time, _redis) = (own, time, redis);

    /// <summary>Whether this node caches.</summary>
    public bool IsOn => _own.IsOn;

    private RedisKey Key => _redis!.TagPrefix + "#off";

    /// <summary>Switches this node at once, and the others within a second.</summary>
    /// <returns>False where the others could not be told, because Redis is away or refuses; they are as soon as it is back.</returns>
    public async Task<bool> SetAsync(bool isOn)
    {
        _own.IsOffByHand = !isOn;
        await _turn.WaitAsync();
        try
        {
            // A look at Redis that was under way may have switched it back.
            _own.IsOffByHand = !isOn;
            _isUntold = _redis is not null;
            return await TryTellAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // What is switched off everywhere is so on a node that starts.
        if (_redis is not null)
            await LookAsync().WaitAsync(Interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await base.StartAsync(cancellationToken);
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
        await _turn.WaitAsync();
        try
        {
            // What was switched here while Redis was away comes first. To read the key keeps it from being evicted as one that nobody uses.
            if (await TryTellAsync())
                _own.IsOffByHand = (await (await _redis!.DatabaseAsync()).StringGetAsync(Key)).HasValue;
        }
        catch (Exception)
        {
            // It stays as it is until Redis can be asked again.
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> TryTellAsync()
    {
        if (!_isUntold)
            return true;

        try
        {
            var database = await _redis!.DatabaseAsync();
            if (_own.IsOffByHand)
                await database.ScriptEvaluateAsync(SwitchOff, [Key]);
            else
                await database.KeyDeleteAsync(Key);

            _isUntold = false;
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
