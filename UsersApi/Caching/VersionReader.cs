using Microsoft.Extensions.Options;
using Polly;
using StackExchange.Redis;

namespace UsersApi.Caching;

/// <summary>Reads versions from Redis within a deadline, and leaves a Redis alone that keeps missing it.</summary>
internal sealed class VersionReader : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private readonly RedisConnection _connection;
    private readonly ResiliencePipeline<VersionSnapshot> _pipeline;
    private readonly CancellationTokenSource _stopping = new();
    private int _isOpen;

    public VersionReader(RedisConnection connection, IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<VersionReader> logger)
    {
        _connection = connection;
        var breakDuration = TimeSpan.FromMilliseconds(options.Value.BreakMs);
        _pipeline = new ResiliencePipelineBuilder<VersionSnapshot> { TimeProvider = time }
            .AddCircuitBreaker(new()
            {
                // One read serves many requests, so a few that fail in a row are many requests delayed. The shortest window there is.
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromMilliseconds(500),
                BreakDuration = breakDuration,
                OnOpened = opened =>
                {
                    // Each probe that fails opens it again: that is no change of state.
                    if (Interlocked.Exchange(ref _isOpen, 1) == 0)
                    {
                        CacheLog.BreakerOpened(logger);
                        // It outlives the request in whose context this is.
                        using (ExecutionContext.SuppressFlow())
                            _ = Task.Run(() => ProbeAsync(breakDuration, time));
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

    /// <summary>The versions as of now; null where they can't be had in time.</summary>
    public async Task<VersionSnapshot?> TryReadAsync(IReadOnlyList<string> tags) => Volatile.Read(ref _isOpen) == 1 ? null : await ReadThroughAsync(tags);

    public RedisKey KeyOf(string tag) => $"{_connection.Prefix}{{tag}}:{tag}";

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Asks a Redis that is left alone now and then: no request is made to wait for the answer.</summary>
    private async Task ProbeAsync(TimeSpan pause, TimeProvider time)
    {
        var stopping = _stopping.Token;
        do
        {
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!stopping.IsCancellationRequested && await ReadThroughAsync([TagNames.All]) is null);
    }

    private async Task<VersionSnapshot?> ReadThroughAsync(IReadOnlyList<string> tags)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static (state, cancel) => state.Self.ReadAsync(state.Tags, cancel), (Self: this, Tags: tags), default);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async ValueTask<VersionSnapshot> ReadAsync(IReadOnlyList<string> tags, CancellationToken deadline)
    {
        var reading = ReadAsync(tags);
        try
        {
            return await reading.WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            // In a burst the reply may have come in time, and stand in this process's own line behind a thousand requests.
            await ThreadPoolLine.PassAsync();
            if (reading.IsCompletedSuccessfully)
                return await reading;

            throw;
        }
    }

    private async Task<VersionSnapshot> ReadAsync(IReadOnlyList<string> tags)
    {
        for (var attempt = 1; ; attempt++)
        {
            var generation = _connection.Generation;
            var database = await _connection.DatabaseAsync();
            var epoch = await _connection.EpochAsync(generation);
            var found = await database.StringGetAsync([.. tags.Select(KeyOf)], CommandFlags.DemandMaster);
            var versions = new Dictionary<string, string>(tags.Count, StringComparer.Ordinal);
            for (var i = 0; i < tags.Count; i++)
                versions[tags[i]] = found[i].IsNull ? await CreateAsync(database, tags[i]) : found[i].ToString();

            if (_connection.Generation == generation)
                return new VersionSnapshot(epoch, versions);

            // The client library looks at its server once more after a connection came back, and again if roles change.
            if (attempt == Attempts)
                throw new RedisException("The connection changed while the versions were read.");
        }
    }

    /// <summary>NX, awaited, and the winner's version adopted: a blind SET could land after an eviction and undo it.</summary>
    private async Task<string> CreateAsync(IDatabase database, string tag)
    {
        var token = LocalTagVersions.NewToken();
        var winner = await database.StringSetAndGetAsync(KeyOf(tag), token, Life, When.NotExists, CommandFlags.DemandMaster);
        return winner.IsNull ? token : winner.ToString();
    }
}
