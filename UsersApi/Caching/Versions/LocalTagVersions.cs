namespace UsersApi.Caching.Versions;

/// <summary>Versions in process memory, for one node without Redis.</summary>
internal sealed class LocalTagVersions : ITagVersions
{
    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);

    public Stamp FindKnown(IReadOnlyList<string> tags) =>
        new("local", [.. tags.Select(tag => _versions.GetOrAdd(tag, _ => RandomToken.New()))]);

    public ValueTask<Stamp?> ReadAsync(IReadOnlyList<string> tags) => new(FindKnown(tags));

    public Task<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        foreach (var tag in tags)
            _versions[tag] = RandomToken.New();

        return Task.FromResult(true);
    }
}
