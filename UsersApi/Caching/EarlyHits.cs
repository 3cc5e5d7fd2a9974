using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>A lookup that was made before binding, for the exchange that goes on from it.</summary>
internal sealed record EarlyLookup(string Key, Lookup Lookup);

/// <summary>Serves hits of targets that were bound before, without binding, validation, filters and controller.</summary>
internal sealed class EarlyHits(
    BoundTargets targets, CacheStore store, KeyDimensions dimensions, IOptionsMonitor<RedisCachedOptions> monitor, TimeProvider time, CacheMetrics metrics)
{
    /// <summary>Sends the stored response, if this target is known, and there is one that is fresh.</summary>
    public async ValueTask<bool> TryServeAsync(HttpContext http, CachePolicy policy)
    {
        var options = monitor.CurrentValue;
        if (!options.Enabled || options.HonorRequestCacheControl || http.Response.HasStarted
            || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            || AudienceRule.Bypass(policy.Audience, http) is not null
            || http.Features.Get<EarlyLookup>() is not null || http.Features.Get<Revalidator.Revalidation>() is not null
            || targets.Find(policy, http.Request) is not { } target)
        {
            return false;
        }

        var selecting = dimensions.Of(policy, http);
        var key = selecting.Count == 0 ? target.PlainKey : policy.Key.Complete(target.Draft, selecting);
        var lookup = await store.FindAsync(policy, key, target.Tags);
        if (lookup.Entry is not { } entry)
        {
            http.Features.Set(new EarlyLookup(key, lookup));
            return false;
        }

        var now = time.GetUtcNow();
        CacheStatus.SetHit(http, options.Name, CacheOutcome.Hit, (entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000);
        metrics.Request(CacheOutcome.Hit);
        await new ResponseDelivery(http, policy, now).SendAsync(entry, isHit: true);
        return true;
    }

    /// <summary>Remembers what this request's target was bound to.</summary>
    public void Remember(HttpContext http, CachePolicy policy, KeyDraft draft, IReadOnlyList<string> tags)
    {
        if (policy.SlowBecause is null && http.Features.Get<EarlyLookup>() is null)
            targets.Remember(policy, http.Request, new BoundTarget(draft, tags, policy.Key.Complete(draft, [])));
    }
}
