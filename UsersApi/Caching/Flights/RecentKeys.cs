namespace UsersApi.Caching.Flights;

/// <summary>Keys of which something was seen a short while ago; bounded in number.</summary>
internal sealed class RecentKeys(TimeSpan remembered, TimeProvider time)
{
    private const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    public void Add(string key)
    {
        if (_seen.Count >= MaxKeys)
            _seen.Clear();

        _seen[key] = time.GetTimestamp();
    }

    public bool Contains(string key)
    {
        if (!_seen.TryGetValue(key, out var at))
            return false;

        if (time.GetElapsedTime(at) < remembered)
            return true;

        _seen.TryRemove(KeyValuePair.Create(key, at));
        return false;
    }
}
