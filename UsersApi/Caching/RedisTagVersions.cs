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
    private int _isOpen;

    public RedisTagVersions(RedisConnection connection, IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<RedisTagVersions> logger)
    {
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
                    {
                        CacheLog.BreakerOpened(logger);
                    }

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
        try
        {
            return await _pipeline.ExecuteAsync(static (state, cancel) => state.Self.StampAsync(state.Tags, cancel), (Self: this, Tags: tags), default);
        }
        catch (Exception error) when (error is ExecutionRejectedException or RedisException or TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        try
        {
            var database = await _connection.DatabaseAsync();
            // A new token for every attempt: the copy of an old one in a dead socket can never come back as the current version.
            await database.StringSetAsync([.. tags.Select(tag => KeyValuePair.Create(KeyOf(tag), (RedisValue)LocalTagVersions.NewToken()))])
                .WaitAsync(_evictionTimeout);
            return true;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            CacheLog.EvictionFailed(_logger, error.GetType().Name);
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
