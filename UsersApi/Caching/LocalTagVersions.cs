using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace UsersApi.Caching;

/// <summary>Versions in process memory, for one node without Redis.</summary>
internal sealed class LocalTagVersions : ITagVersions
{
    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);

    public Task<VersionSnapshot?> ReadAsync(IReadOnlyList<string> tags, Action? behind = null)
    {
        behind?.Invoke();
        return Task.FromResult<VersionSnapshot?>(
            new VersionSnapshot("local", tags.Distinct(StringComparer.Ordinal).ToDictionary(tag => tag, tag => _versions.GetOrAdd(tag, _ => NewToken()), StringComparer.Ordinal)));
    }

    public ValueTask<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        foreach (var tag in tags)
            _versions[tag] = NewToken();

        return new(true);
    }

    /// <summary>128 random bits: a version that was lost never comes back.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
