namespace UsersApi.Caching.Capture;

/// <summary>
/// Tells the headers that an action and its result set from those that middleware and outer filters set for this one
/// request: only the first belong to the response that is stored.
/// </summary>
internal sealed class HeaderChanges(IHeaderDictionary headers)
{
    private readonly Dictionary<string, StringValues> _start = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (StringValues Before, StringValues After)> _changes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// True when a header that others had set was taken away, or an outer filter has added to one of the action's: no replay could do
    /// either again.
    /// </summary>
    public bool AreUnrepeatable { get; private set; }

    /// <summary>What was set, each with whether it was added to values that were there before.</summary>
    public IEnumerable<StoredHeader> Set => _changes.Select(change => Starts(change.Value.After, change.Value.Before)
        ? new StoredHeader(
            change.Key, change.Value.After.Skip(change.Value.Before.Count).ToArray()!, IsAdded: change.Value.Before.Count > 0)
        : new StoredHeader(change.Key, change.Value.After.ToArray()!, IsAdded: false));

    /// <summary>From here on, changes are the action's.</summary>
    public void Begin()
    {
        // What an outer filter changed since belongs to it: it will do so again on a hit.
        foreach (var name in _changes.Keys.Where(name => headers[name] != _changes[name].After).ToArray())
        {
            AreUnrepeatable |= headers[name].Intersect(_changes[name].After).Except(_changes[name].Before).Any();
            _changes.Remove(name);
        }

        _start.Clear();
        foreach (var (name, value) in headers.ToArray())
        {
            // Copies, so that a header which the action sets to the very value that it has is seen to be the action's.
            if (!headers.IsReadOnly && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                headers[name] = value.Select(text => text is null ? null : new string(text.AsSpan())).ToArray();

            _start[name] = headers[name];
        }
    }

    /// <summary>Up to here, changes were the action's.</summary>
    public void End()
    {
        foreach (var (name, value) in headers)
        {
            var before = _start.GetValueOrDefault(name);
            if (value.Count != before.Count || value.Zip(before).Any(pair => !ReferenceEquals(pair.First, pair.Second)))
                _changes[name] = (_changes.TryGetValue(name, out var earlier) ? earlier.Before : before, value);
        }

        foreach (var name in _start.Keys.Where(name => !headers.ContainsKey(name)))
            AreUnrepeatable |= !_changes.Remove(name, out var change) || change.Before.Count > 0;
    }

    /// <summary>
    /// Takes the action's headers back, so that delivery sets them for the one who fills the cache as for all who follow.
    /// </summary>
    public void Revert()
    {
        foreach (var (name, (before, _)) in _changes)
            headers[name] = before;
    }

    private static bool Starts(StringValues values, StringValues start) =>
        values.Count > start.Count && values.Take(start.Count).SequenceEqual(start);
}
