using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Caching.Distributed;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Store;
using UsersApi.Caching.Versions;

namespace UsersApi.Bench.Micro;

/// <summary>A lookup that hits, and what comes before it, over the store in memory: all but the way to Redis.</summary>
public class LookupBenchmark
{
    private readonly CacheInside _cache = new();
    private CacheStore _store = null!;
    private string _key = "";
    private IReadOnlyList<string> _tags = [];

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _store = _cache.Services.GetRequiredService<CacheStore>();
        _key = _cache.KeyOf([]);
        _tags = _cache.Policy.Bind(_cache.Request).Tags;
        var versions = await _cache.Services.GetRequiredService<ITagVersions>().ReadAsync(_tags);
        var entry = CacheInside.EntryOf(4_700) with { Key = _key, Action = _cache.Policy.ActionId, Stamp = versions };
        var written = CacheEntryFormat.Write(entry);
        await _cache.Services.GetRequiredKeyedService<IDistributedCache>(CacheStore.ServiceKey)
            .SetAsync(_key, written, new DistributedCacheEntryOptions());
        if (!await IsHit())
            throw new InvalidOperationException("The lookup does not find what was stored.");
    }

    [Benchmark]
    public async Task<bool> IsHit() => (await _store.FindAsync(_cache.Policy, _ => _key, _tags)).Entry is not null;
}
