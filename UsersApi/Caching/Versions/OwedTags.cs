using System.Collections.Immutable;

namespace UsersApi.Caching.Versions;

/// <summary>
/// Tags whose eviction has not reached Redis yet: this node bypasses them. Every request looks here, and nearly always there is
/// nothing.
/// </summary>
internal sealed class OwedTags
{
    private ImmutableDictionary<string, long> _tags = ImmutableDictionary<string, long>.Empty;
    private long _count;

    public bool IsEmpty => Volatile.Read(ref _tags).IsEmpty;

    public int Count => Volatile.Read(ref _tags).Count;

    public bool HasAny(IReadOnlyList<string> tags) => Volatile.Read(ref _tags) is { IsEmpty: false } owed && tags.Any(owed.ContainsKey);

    public void Add(IEnumerable<string> tags)
    {
        var number = Interlocked.Increment(ref _count);
        ImmutableInterlocked.Update(ref _tags, (all, added) => all.SetItems(added.Select(tag => KeyValuePair.Create(tag, number))), tags);
    }

    /// <summary>Each with the number that <see cref="Remove"/> compares.</summary>
    public IReadOnlyDictionary<string, long> All => Volatile.Read(ref _tags);

    /// <summary>Takes out what was evicted; one that is owed again has another number, and stays.</summary>
    public void Remove(IEnumerable<KeyValuePair<string, long>> evicted) =>
        ImmutableInterlocked.Update(
            ref _tags, static (all, gone) => all.RemoveRange(gone.Where(all.Contains).Select(tag => tag.Key)), evicted);
}
