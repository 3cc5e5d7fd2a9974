using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Pipeline;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Store;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Runs the actions of some hits again, in the background, and compares what would be stored now with what is. A response that differs is
/// no fault by itself, since a write may be between its commit and its eviction. It is one if the stored response is still served a while
/// later, when every eviction is through: then a write evicted too little, an action answers by something that its key does not hold, or
/// the cache itself is wrong.
/// </summary>
internal sealed class CacheCanary(
    OwnRequests requests, CacheStore store, KillSwitch cacheSwitch, CanaryMetrics metrics, IOptions<CanaryOptions> options,
    IOptions<RedisCachedOptions> cache, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<CacheCanary> logger)
    : IHitObserver, IDisposable
{
    /// <summary>Longer than an eviction takes, with its retries and the leases of other nodes, or a relay takes after a crash.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // They tell when a response was made.
    private static readonly string[] Times = [HeaderNames.Date, HeaderNames.Age, HeaderNames.Expires];

    // Few of the permits to run an action: those are for clients.
    private readonly SemaphoreSlim _places = new(4);

    // One at a time of each action is enough, where one differs each time.
    private readonly ConcurrentDictionary<string, bool> _doubted = new();

    public void Hit(CachedRequest request, CacheEntry entry)
    {
        var share = options.Value.CanaryPermille;
        if (share == 0 || RandomNumberGenerator.GetInt32(1_000) >= share || !_places.Wait(0))
            return;

        // All that is taken from the request is taken now: it belongs to the server again as soon as its response is through.
        var sample = new Sample(Revalidator.CopyOf(request.Http), request.KeyOf([]), request.Policy, request.Bound.Tags, entry);
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(sample));
    }

    public void Dispose() => _places.Dispose();

    private async Task RunAsync(Sample sample)
    {
        try
        {
            var result = await CompareInPlaceAsync(sample);
            if (result is not CanaryResult.Different)
                metrics.Compared(result);
            else if (_doubted.TryAdd(sample.Policy.ActionId, true))
                await ConfirmAsync(sample);
        }
        catch (Exception error)
        {
            metrics.Compared(CanaryResult.Failed);
            OperationsLog.ComparisonFailed(logger, sample.Policy.Action.DisplayName, error.GetType().Name);
        }
    }

    private async Task<CanaryResult> CompareInPlaceAsync(Sample sample)
    {
        using var limit = new CancellationTokenSource(cache.Value.RevalidationTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, lifetime.ApplicationStopping);
        var comparing = CompareAsync(sample, either.Token);
        // One that does not heed its limit keeps its place: there must not be more and more of them.
        _ = comparing.ContinueWith(_ => _places.Release(), TaskScheduler.Default);
        return await comparing.WaitAsync(either.Token);
    }

    private async Task<CanaryResult> CompareAsync(Sample sample, CancellationToken cancel)
    {
        var isSameKey = false;
        var probe = new CacheProbe((_, _, request) => new(isSameKey = request?.KeyOf([]) == sample.Key));
        var status = await requests.SendAsync(probe, sample.Features, http => http.Response.StatusCode, cancel);

        // One that was given up has no status that says anything.
        cancel.ThrowIfCancellationRequested();
        if (isSameKey && probe.Entry is { } now)
        {
            return now.Key != sample.Entry.Key ? CanaryResult.Failed
                : IsSame(now, sample.Entry) ? CanaryResult.Same
                : CanaryResult.Different;
        }

        // What could not be stored is another response all the same, if its action did not fail.
        return isSameKey && status != sample.Entry.Status && status < StatusCodes.Status500InternalServerError
            ? CanaryResult.Different
            : CanaryResult.Failed;
    }

    private async Task ConfirmAsync(Sample sample)
    {
        try
        {
            await Task.Delay(Patience, time, lifetime.ApplicationStopping);
            var found = cacheSwitch.IsOn ? await store.FindAsync(sample.Policy, _ => sample.Entry.Key, sample.Tags) : null;
            var isServed = found?.Entry is { } now && now.Stamp == sample.Entry.Stamp && now.Stored == sample.Entry.Stored;
            var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sample.Entry.Key)));
            if (isServed)
                OperationsLog.Different(logger, sample.Policy.Action.DisplayName, key, CacheDesk.At(sample.Entry.Stored));

            metrics.Compared(isServed ? CanaryResult.Different : CanaryResult.Evicted);
        }
        finally
        {
            _doubted.TryRemove(sample.Policy.ActionId, out _);
        }
    }

    // The body of a problem names the request that it belongs to.
    private static bool IsSame(CacheEntry one, CacheEntry other) => one.Status == other.Status && (one.Status >= 400
        || (one.Body.Span.SequenceEqual(other.Body.Span) && HeadersOf(one).SequenceEqual(HeadersOf(other))));

    private static IEnumerable<string> HeadersOf(CacheEntry entry) => entry.Headers
        .Where(header => !Times.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
        .Select(header => $"{header.Name}: {string.Join(", ", header.Values)}").Order(StringComparer.OrdinalIgnoreCase);

    private sealed record Sample(
        FeatureCollection Features, string Key, CachePolicy Policy, IReadOnlyList<string> Tags, CacheEntry Entry);
}
