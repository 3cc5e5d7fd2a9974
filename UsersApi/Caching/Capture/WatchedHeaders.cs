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

    ICollection<string> IDictionary<string, StringValues>.Keys => All().Keys;

    ICollection<StringValues> IDictionary<string, StringValues>.Values => All().Values;

    int ICollection<KeyValuePair<string, StringValues>>.Count => All().Count;

    public new StringValues this[string key] { get => One(key)[key]; set => base[key] = value; }

    public new bool ContainsKey(string key) => One(key).ContainsKey(key);

    public new bool TryGetValue(string key, out StringValues value) => One(key).TryGetValue(key, out value);

    IEnumerator<KeyValuePair<string, StringValues>> IEnumerable<KeyValuePair<string, StringValues>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, StringValues>>)All().ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => All().ToArray().GetEnumerator();

    void ICollection<KeyValuePair<string, StringValues>>.CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) =>
        All().CopyTo(array, arrayIndex);

    private HeaderDictionary One(string name) => Told(name);

    private HeaderDictionary All() => Told("*");

    // The copy without this type's own members, which would tell again.
    private HeaderDictionary Told(string name)
    {
        _onRead(name);
        return this;
    }
}
