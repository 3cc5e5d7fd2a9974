using System.Collections;

namespace UsersApi.Caching.Capture;

/// <summary>A copy of the request's headers that tells which are looked at, <c>*</c> for all of them.</summary>
internal sealed class WatchedHeaders(IHeaderDictionary copy, Action<string> onRead) : IHeaderDictionary
{
    public ICollection<string> Keys => All.Keys;

    public ICollection<StringValues> Values => All.Values;

    public int Count => All.Count;

    public bool IsReadOnly => false;

    /// <summary>Tells nothing that the key does not: a request that has content bypasses the cache.</summary>
    public long? ContentLength { get => copy.ContentLength; set => copy.ContentLength = value; }

    private IHeaderDictionary All => Noted("*");

    public StringValues this[string key] { get => Noted(key)[key]; set => copy[key] = value; }

    public bool ContainsKey(string key) => Noted(key).ContainsKey(key);

    public bool TryGetValue(string key, out StringValues value) => Noted(key).TryGetValue(key, out value);

    public bool Contains(KeyValuePair<string, StringValues> item) => Noted(item.Key).Contains(item);

    public void Add(string key, StringValues value) => Add(KeyValuePair.Create(key, value));

    public void Add(KeyValuePair<string, StringValues> item) => Noted(item.Key).Add(item);

    public bool Remove(string key) => Noted(key).Remove(key);

    public bool Remove(KeyValuePair<string, StringValues> item) => Noted(item.Key).Remove(item);

    public void Clear() => copy.Clear();

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => All.CopyTo(array, arrayIndex);

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => All.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IHeaderDictionary Noted(string name)
    {
        onRead(name);
        return copy;
    }
}
