using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Polly;
using StackExchange.Redis;

namespace UsersApi.Caching;

/// <summary>Versions in Redis, as strings under <c>{prefix}{tag}:name</c>: one hash tag, so that one command reads them in a cluster too.</summary>
internal sealed class RedisTagVersions : ITagVersions
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly RedisConnection _connection;
    private readonly TimeSpan _evictionTimeout;
    private readonly ResiliencePipeline<string> _pipeline;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CacheMetrics _metrics;
    private readonly TimeSpan _retryDelay;
    private readonly ConcurrentDictionary<string, long> _owed = new(StringComparer.Ordinal);
    private long _debts;
    private int _isRetrying;
    private int _isOpen;

    public RedisTagVersions(RedisConnection connection, IOptions<RedisCachedOptions> options, TimeProvider time, CacheMetrics metrics, ILogger<RedisTagVersions> logger)
    {
        _time = time;
        _metrics = metrics;
        _retryDelay = TimeSpan.FromMilliseconds(options.Value.BreakMs);
        _connection = connection;
        _logger = logger;
        _evictionTimeout = TimeSpan.FromMilliseconds(options.Value.EvictionTimeoutMs);
        _pipeline = new ResiliencePipelineBuilder<string> { TimeProvider = time }
            .AddCircuitBreaker(new()
            {
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(2),
                BreakDuration = TimeSpan.FromMilliseconds(options.Value.BreakMs),
                OnOpened = _ =>
                {
                    // Each probe that fails opens it again: that is no change of state.
                    if (Interlocked.Exchange(ref _isOpen, 1) == 0)
                        CacheLog.BreakerOpened(logger);

                    return default;
                },
                OnClosed = _ =>
                {
                    _isOpen = 0;
                    CacheLog.BreakerClosed(logger);
                    return default;
                },
            })
            .AddTimeout(TimeSpan.FromMilliseconds(options.Value.VersionsTimeoutMs))
            .Build();
    }

    public async ValueTask<string?> ReadAsync(IReadOnlyList<string> tags)
    {
        if (!_owed.IsEmpty && tags.Any(_owed.ContainsKey))
            return null;

        try
        {
            return await _pipeline.ExecuteAsync(static (state, cancel) => state.Self.StampAsync(state.Tags, cancel), (Self: this, Tags: tags), default);
        }
        catch (Exception)
        {
            return null;
        }
    }

    public async ValueTask<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        if (await TryWriteAsync(tags))
            return true;

        // Until it gets through, this node bypasses these tags: what it serves is never older than what it acknowledged.
        foreach (var tag in tags)
            _owed[tag] = Interlocked.Increment(ref _debts);

        if (Interlocked.Exchange(ref _isRetrying, 1) == 0)
            _ = RetryAsync();

        return false;
    }

    private async Task RetryAsync()
    {
        CacheLog.EvictionFailed(_logger);
        do
        {
            while (!_owed.IsEmpty)
            {
                await Task.Delay(_retryDelay, _time);
                var owed = _owed.ToArray();
                if (await TryWriteAsync([.. owed.Select(debt => debt.Key)]))
                {
                    // One that failed meanwhile has another number, and stays.
                    foreach (var debt in owed)
                        _owed.TryRemove(debt);
                }
            }

            Volatile.Write(ref _isRetrying, 0);
        }
        while (!_owed.IsEmpty && Interlocked.Exchange(ref _isRetrying, 1) == 0);

        CacheLog.EvictionsCaughtUp(_logger);
    }

    private async Task<bool> TryWriteAsync(IReadOnlyCollection<string> tags)
    {
        try
        {
            var database = await _connection.DatabaseAsync().AsTask().WaitAsync(_evictionTimeout, _time);
            // A new token for every attempt: the copy of an old one in a dead socket can never come back as the current version.
            await database.StringSetAsync([.. tags.Select(tag => KeyValuePair.Create(KeyOf(tag), (RedisValue)LocalTagVersions.NewToken()))])
                .WaitAsync(_evictionTimeout, _time);
            return true;
        }
        catch (Exception)
        {
            _metrics.EvictionFailed();
            return false;
        }
    }

    private async ValueTask<string> StampAsync(IReadOnlyList<string> tags, CancellationToken cancel)
    {
        var generation = _connection.Generation;
        var database = await _connection.DatabaseAsync().AsTask().WaitAsync(cancel);
        var epoch = await _connection.EpochAsync(generation).AsTask().WaitAsync(cancel);
        var versions = await database.StringGetAsync([.. tags.Select(KeyOf)], CommandFlags.DemandMaster).WaitAsync(cancel);
        for (var i = 0; i < versions.Length; i++)
        {
            if (versions[i].IsNull)
            {
                // NX, awaited, and the winner's version adopted: a blind SET could land after an eviction and undo it.
                var token = (RedisValue)LocalTagVersions.NewToken();
                var winner = await database.StringSetAndGetAsync(KeyOf(tags[i]), token, Life, When.NotExists, CommandFlags.DemandMaster).WaitAsync(cancel);
                versions[i] = winner.IsNull ? token : winner;
            }
        }

        return _connection.Generation == generation
            ? $"{epoch}:{string.Join(',', versions)}"
            : throw new RedisException("The connection changed while the versions were read.");
    }

    private RedisKey KeyOf(string tag) => $"{_connection.Prefix}{{tag}}:{tag}";
}
