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

    /// <returns>False where it was added a short while ago.</returns>
    public bool TryAdd(string key)
    {
        if (Contains(key))
            return false;

        Add(key);
        return true;
    }

    public bool Contains(string key) => _seen.TryGetValue(key, out var at) && time.GetElapsedTime(at) < remembered;
}
