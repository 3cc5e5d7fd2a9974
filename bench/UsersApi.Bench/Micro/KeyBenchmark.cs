using BenchmarkDotNet.Attributes;

namespace UsersApi.Bench.Micro;

/// <summary>From bound arguments to the key.</summary>
public class KeyBenchmark
{
    private readonly CacheInside _cache = new();

    [Benchmark]
    public string Key() => _cache.KeyOf([]);

    [Benchmark]
    public object Tags() => _cache.Policy.TagsOf(_cache.Request, "/api/v1/users");
}
