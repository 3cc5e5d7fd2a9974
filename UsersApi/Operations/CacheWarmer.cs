using System.Collections.Concurrent;
using Cronos;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Http;
using UsersApi.Caching.Pipeline;
using UsersApi.Caching.Policies;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Makes the requests of <see cref="WarmOptions"/>, at start and when they are due. This node is not ready before those of the start are
/// answered, or their time is over.
/// </summary>
internal sealed class CacheWarmer(
    OwnRequests requests, IOptions<WarmOptions> options, IOptions<RedisCachedOptions> cache, KillSwitch cacheSwitch,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<CacheWarmer> logger)
    : BackgroundService, IHealthCheck
{
    // The first clients may be there already.
    private const int AtOnce = 4;

    // A wall clock may be set meanwhile.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(800);
    private static readonly Uri Localhost = new("http://localhost");

    private static readonly string Unreachable = "detail=" + CacheMetrics.ReasonOf(CacheOutcome.Unreachable);

    private readonly ConcurrentDictionary<int, Task> _latest = new();
    private long _began;
    private volatile bool _isWarm;

    private bool IsLate => Volatile.Read(ref _began) is not 0 and var began && time.GetElapsedTime(began) >= options.Value.ReadyWithin;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isWarm || IsLate
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The requests of the start are not all answered yet."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The pipeline is complete by then.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        Volatile.Write(ref _began, time.GetTimestamp());
        var all = options.Value.Requests.Index().ToList();
        await Task.WhenAll(
        [
            WarmAsync([.. all.Where(each => each.Item.AtStart)], stoppingToken),
            .. all.Where(each => each.Item.Schedule is not null)
                .Select(each => RepeatAsync(each, WarmMistakes.ScheduleOf(each.Item.Schedule!)!, stoppingToken)),
        ]);
    }

    private async Task WarmAsync(IReadOnlyList<(int, WarmRequest)> atStart, CancellationToken stopping)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping };
        var kept = 0;
        await Parallel.ForEachAsync(atStart, limits, async (each, _) =>
        {
            if (await SendAsync(each, storedAfter: 0, stopping))
                Interlocked.Increment(ref kept);
        });
        _isWarm = true;
        if (atStart.Count > 0)
            OperationsLog.Warm(logger, time.GetElapsedTime(_began).TotalSeconds, kept, atStart.Count);
    }

    private async Task RepeatAsync((int, WarmRequest) each, CronExpression schedule, CancellationToken stopping)
    {
        while (Next() is { } due)
        {
            while (due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left < LongestSleep ? left : LongestSleep, time, stopping);
                // Set back, the clock has another one before it.
                due = Next() is { } next && next < due ? next : due;
            }

            // What another node has stored since it was due needs not be made again.
            await SendAsync(each, due.ToUnixTimeMilliseconds() - 1, stopping);
        }

        DateTimeOffset? Next() => schedule.GetNextOccurrence(time.GetUtcNow(), TimeZoneInfo.Utc);
    }

    private async Task<bool> SendAsync((int Index, WarmRequest Request) each, long storedAfter, CancellationToken stopping)
    {
        // Switched off, the cache would keep nothing of it.
        if (!cacheSwitch.IsOn)
            return false;

        using var span = CacheTraces.Start("cache warming");
        using var limit = new CancellationTokenSource(cache.Value.RevalidationTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            var (status, told) = await SendOnceAsync(each, storedAfter, either.Token);
            // A process that still compiles itself hears Redis too late.
            for (var pause = FirstPause; pause <= LastPause && told.EndsWith(Unreachable, StringComparison.Ordinal); pause *= 2)
            {
                await Task.Delay(pause, time, either.Token);
                (status, told) = await SendOnceAsync(each, storedAfter, either.Token);
            }

            // Whatever was neither found nor stored has a reason.
            var isKept = told.Length > 0 && !told.Contains("detail=", StringComparison.Ordinal);
            if (!isKept)
                OperationsLog.NotKept(logger, each.Index, status, told);

            return isKept;
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            OperationsLog.WarmingFailed(logger, each.Index, error);
            return false;
        }
    }

    private Task<(int Status, string Told)> SendOnceAsync(
        (int Index, WarmRequest Request) each, long storedAfter, CancellationToken cancel)
    {
        var (origin, request) = (options.Value.Origin ?? Localhost, each.Request);
        // One that does not heed its limit is not made once more beside it.
        if (_latest.GetValueOrDefault(each.Index) is { IsCompleted: false })
            throw new TimeoutException("The last request has not ended.");

        var sending = requests.SendAsync(
            new RevalidationRequest(storedAfter), request.Target, origin.Scheme, HostString.FromUriComponent(origin),
            // As most who come after it take it: what it fills is compressed then, and stored so.
            request.Headers.Prepend(new("Accept-Encoding", ContentCoding.Gzip)),
            http => (http.Response.StatusCode, http.Response.Headers[CacheStatus.HeaderName].ToString()), cancel);
        _latest[each.Index] = sending;
        return sending.WaitAsync(cancel);
    }
}
