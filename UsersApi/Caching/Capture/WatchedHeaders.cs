using System.Collections;

namespace UsersApi.Caching.Capture;

/// <summary>A copy of the request's headers that tells which are looked at, <c>*</c> for all of them.</summary>
internal sealed class WatchedHeaders : HeaderDictionary, IHeaderDictionary
{
    private readonly Action<string> _onRead;

    public WatchedHeaders(IEnumerable<KeyValuePair<string, StringValues>> headers, Action<string> onRead)
    {
        _onRead = onRead;
        foreach (var (name, values) in headers)
            base[name] = values;
    }

    ICollection<string> IDictionary<string, StringValues>.Keys => [.. All().Select(header => header.Key)];

    ICollection<StringValues> IDictionary<string, StringValues>.Values => [.. All().Select(header => header.Value)];

    int ICollection<KeyValuePair<string, StringValues>>.Count => All().Length;

    public new StringValues this[string key]
    {
        get => TryGetValue(key, out var values) ? values : default;
        set => base[key] = value;
    }

    public new bool ContainsKey(string key) => TryGetValue(key, out _);

    public new bool TryGetValue(string key, out StringValues value)
    {
        _onRead(key);
        return base.TryGetValue(key, out value);
    }

    IEnumerator<KeyValuePair<string, StringValues>> IEnumerable<KeyValuePair<string, StringValues>>.GetEnumerator() =>
        All().AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => All().GetEnumerator();

    bool ICollection<KeyValuePair<string, StringValues>>.Contains(KeyValuePair<string, StringValues> item) =>
        TryGetValue(item.Key, out var values) && values == item.Value;

    bool IDictionary<string, StringValues>.Remove(string key)
    {
        _onRead(key);
        return Remove(key);
    }

    void ICollection<KeyValuePair<string, StringValues>>.CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) =>
        All().CopyTo(array, arrayIndex);

    private KeyValuePair<string, StringValues>[] All()
    {
        _onRead("*");
        // The base class's own enumerator, which does not come back here.
        var all = new List<KeyValuePair<string, StringValues>>();
        foreach (var header in (HeaderDictionary)this)
            all.Add(header);

        return [.. all];
    }
}
