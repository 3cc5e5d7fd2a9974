using Microsoft.Extensions.Caching.Distributed;

namespace UsersApi.Caching.Store;

/// <summary>Writes queued responses to the store, and drains the queue when the host stops.</summary>
internal sealed class CacheWriteWorker(
    CacheWriteQueue queue,
    [FromKeyedServices(CacheStore.ServiceKey)] IDistributedCache cache,
    IOptions<RedisCachedOptions> options,
    TimeProvider time,
    CacheMetrics metrics,
    ILogger<CacheWriteWorker> logger) : BackgroundService
{
    // Writes share connections, and mostly wait: with two, a burst of misses filled the queue faster than it was written, and what was
    // dropped ran its action again. What they hold in memory counts as in the queue, until it is written.
    public const int Writers = 16;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The base class cancels the loops at once: they end by themselves when the completed queue is empty.
        queue.Complete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(options.Value.DrainTimeout, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (queue.Count is > 0 and var left)
        {
            metrics.QueueDropped(left);
            CacheLog.DrainIncomplete(logger, left);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        queue.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = stoppingToken },
        async (entry, cancel) => await TakeAsync(entry, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));

    private async Task TakeAsync(CacheEntry entry, CancellationToken cancel)
    {
        try
        {
            try
            {
                await WriteAsync(entry, cancel);
            }
            catch (Exception) when (!cancel.IsCancellationRequested)
            {
                // Something else may stand under the key, of a type that can't be written over.
                await cache.RemoveAsync(entry.Key, cancel);
                await WriteAsync(entry, cancel);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // A broken store costs later misses, and nothing else: the loop must outlive it.
            metrics.Failed("write");
            CacheLog.WriteFailed(logger, error.GetType().Name);
        }
        finally
        {
            queue.Finish(entry);
        }
    }

    private async Task WriteAsync(CacheEntry entry, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (now - entry.Stored > options.Value.QueueTimeout.TotalMilliseconds)
        {
            metrics.QueueDropped(1);
            return;
        }

        var bytes = CacheEntryFormat.Write(entry);
        if (entry.KeepUntil <= now || !queue.IsLatest(entry))
            return;

        // Whole seconds, upwards: the store would round a rest below one second to an expiry of none. The entry knows better.
        var seconds = TimeSpan.FromSeconds(Math.Ceiling((entry.KeepUntil - now) / 1_000.0));
        using var span = CacheTraces.Linked("cache write", [entry.Cause]);
        var expiry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = seconds };
        await cache.SetAsync(entry.Key, bytes, expiry, cancel);
        metrics.Written(bytes.Length);
    }
}
