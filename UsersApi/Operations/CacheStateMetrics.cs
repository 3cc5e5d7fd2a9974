using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Redis;
using UsersApi.Caching.Store;
using UsersApi.Caching.Versions;

namespace UsersApi.Caching.Operations;

/// <summary>What the cache of this node is like at the moment, measured whenever somebody collects.</summary>
internal sealed class CacheStateMetrics(
    IMeterFactory factory, CacheMetrics metrics, CacheWriteQueue queue, NearCache near,
    KillSwitch cacheSwitch, TimeProvider time, CanaryMetrics canary, RedisMemory? memory = null,
    RedisConnection? connection = null, ScriptRunner? runner = null, KnownVersions? known = null, OwedTags? owed = null)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The factory gives the cache's own meter, whose counters are in UsersApi.Caching.
        var meter = factory.Create(CacheMetrics.MeterName);
        meter.CreateObservableGauge("cache.enabled", () => Of(cacheSwitch.IsOn), "1", "0 while the kill switch is off.");
        meter.CreateObservableUpDownCounter("cache.memory.usage", () => near.Bytes, "By", "Bytes of responses in memory.");
        meter.CreateObservableUpDownCounter("cache.memory.entries", () => near.Count, "{entry}", "Responses in memory.");
        meter.CreateObservableUpDownCounter("cache.queue.usage", () => queue.Bytes, "By", "Bytes that wait to be written.");
        meter.CreateObservableUpDownCounter("cache.queue.entries", () => queue.Count, "{entry}", "Responses that wait to be written.");
        meter.CreateObservableGauge("cache.queue.age", QueueAge, "s", "How long the first in the queue has waited; 0 for an empty one.");
        if (connection is not null)
        {
            meter.CreateObservableGauge(
                "cache.redis.available", () => Of(IsAvailable()), "1", "0 while requests bypass the cache because of Redis.");
            meter.CreateObservableGauge(
                "cache.lease.held", () => Of(known!.IsHeld), "1", "Whether hits are answered from memory without asking Redis.");
            meter.CreateObservableUpDownCounter(
                "cache.eviction.owed", () => owed!.Count, "{tag}", "Tags whose eviction has not reached Redis yet.");
            meter.CreateObservableGauge("cache.redis.memory.usage", () => memory!.Used, "By", "Bytes that Redis uses.");
            meter.CreateObservableGauge("cache.redis.memory.limit", () => memory!.Limit, "By", "Bytes that Redis may use; 0 for no limit.");
        }

        metrics.BeginAtZero();
        canary.BeginAtZero();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static int Of(bool value) => value ? 1 : 0;

    private bool IsAvailable() => runner is { IsLeftAlone: false, MissingRequirement: null }
        && connection!.Multiplexer is { IsCompletedSuccessfully: true } connected && connected.Result.IsConnected;

    private double QueueAge() => queue.Oldest is { } oldest
        ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - oldest.Stored) / 1_000.0)
        : 0;
}
