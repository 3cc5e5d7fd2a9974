using BenchmarkDotNet.Attributes;
using UsersApi.Caching.Entries;

namespace UsersApi.Bench.Micro;

/// <summary>An entry to the bytes that Redis holds, and back.</summary>
public class EnvelopeBenchmark
{
    private CacheEntry _entry = null!;
    private byte[] _stored = [];

    /// <summary>A page of 20 users, and one of 20,000.</summary>
    [Params(4_700, 4_700_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _entry = CacheInside.EntryOf(Bytes);
        _stored = CacheEntryFormat.Write(_entry);
    }

    [Benchmark]
    public long Encode() => CacheEntryFormat.Write(_entry).Length;

    [Benchmark]
    public object? Decode() => CacheEntryFormat.Read(_stored);
}
