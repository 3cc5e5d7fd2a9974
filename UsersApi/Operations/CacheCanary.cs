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
/// Runs the actions of some hits again, behind, and compares. A response that differs is no fault by itself, since a write may be between
/// its commit and its eviction. It is one if the stored response is still served a while later, when every eviction is through: then a
/// write evicted too little, an action answers by something that its key does not hold, or the cache itself is wrong.
/// </summary>
internal sealed class CacheCanary(
    OwnRequests requests, CacheStore store, CanaryMetrics metrics, IOptions<CanaryOptions> options,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<CacheCanary> logger)
    : IHitObserver, IDisposable
{
    /// <summary>Longer than an eviction takes, with its retries and the leases of other nodes, or a relay takes after a crash.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostAtATime = 32;

    // The whole response is compared, without a coding.
    private static readonly string[] LeftOut =
    [
        HeaderNames.AcceptEncoding, HeaderNames.Range, HeaderNames.IfRange, HeaderNames.IfMatch, HeaderNames.IfNoneMatch,
        HeaderNames.IfModifiedSince, HeaderNames.IfUnmodifiedSince,
    ];

    private readonly SemaphoreSlim _places = new(MostAtATime);

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
            var result = await CompareAsync(sample);
            if (result is CanaryResult.Different)
            {
                await Task.Delay(Patience, time, lifetime.ApplicationStopping);
                result = await IsServedAsync(sample) ? CanaryResult.Different : CanaryResult.Evicted;
            }

            if (result is CanaryResult.Different)
                CanaryLog.Different(logger, sample.Policy.Action.DisplayName, sample.KeyHash, sample.StoredAt);

            metrics.Compared(result);
        }
        catch (Exception error)
        {
            metrics.Compared(CanaryResult.Failed);
            CanaryLog.Failed(logger, sample.Policy.Action.DisplayName, error.GetType().Name);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<CanaryResult> CompareAsync(Sample sample)
    {
        var (isSameKey, body) = (false, new MemoryStream());
        var headers = sample.Features.GetRequiredFeature<IHttpRequestFeature>().Headers;
        foreach (var name in LeftOut)
            headers.Remove(name);

        sample.Features.Set(new CacheProbe((_, _, request) => new(isSameKey = request?.KeyOf([]) == sample.Key)) { SkipsLookup = true });
        var status = await requests.SendAsync(sample.Features, body, http => http.Response.StatusCode, lifetime.ApplicationStopping);

        // An action that fails says nothing of what was stored.
        return !isSameKey || status >= StatusCodes.Status500InternalServerError ? CanaryResult.Failed
            : status == sample.Entry.Status && sample.Entry.Body.Span.SequenceEqual(body.ToArray()) ? CanaryResult.Same
            : CanaryResult.Different;
    }

    private async Task<bool> IsServedAsync(Sample sample)
    {
        var found = await store.FindAsync(sample.Policy, _ => sample.Entry.Key, sample.Tags);
        return found.Entry is { } now && now.Stamp == sample.Entry.Stamp && now.Stored == sample.Entry.Stored;
    }

    private sealed record Sample(
        FeatureCollection Features, string Key, CachePolicy Policy, IReadOnlyList<string> Tags, CacheEntry Entry)
    {
        public string KeyHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Entry.Key)));

        public DateTimeOffset StoredAt => DateTimeOffset.FromUnixTimeMilliseconds(Entry.Stored);
    }
}
