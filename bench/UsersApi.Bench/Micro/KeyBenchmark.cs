using BenchmarkDotNet.Attributes;

namespace UsersApi.Bench.Micro;

/// <summary>From bound arguments to the key.</summary>
public class KeyBenchmark
{
    private readonly CacheInside _cache = new();

    [Benchmark]
    public string Key() => _cache.KeyOf([]);

    [Benchmark]
    public object Bind() => _cache.Policy.Bind(_cache.Request);
}
