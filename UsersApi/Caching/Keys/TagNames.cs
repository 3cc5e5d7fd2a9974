namespace UsersApi.Caching.Keys;

/// <summary>Names the tags under which versions are kept.</summary>
/// <remarks>
/// A tag with a colon, as <c>user:5</c>, is folded into a fixed number of buckets: whatever ids come in, Redis holds a bounded
/// number of tag keys. Evicting one evicts the others in its bucket too, which costs a miss and never a lie.
/// </remarks>
internal static class TagNames
{
    // No option: two numbers in one cluster would evict other tags than the entries carry.
    private const uint Buckets = 4_096;

    /// <summary>Every entry carries it.</summary>
    public const string All = "all";

    /// <summary>
    /// The tag of an escaped path, whatever its case, and however a catch-all wrote its slashes: every entry carries that of its
    /// own, and an unsafe request evicts that of its URI.
    /// </summary>
    public static string OfPath(string path) =>
        "path:" + path.TrimEnd('/').ToLowerInvariant().Replace("%2f", "/", StringComparison.Ordinal);

    public static string Fold(string tag) => tag.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        ? string.Create(CultureInfo.InvariantCulture, $"{tag.AsSpan(0, colon)}:{Hash(tag) % Buckets:x}")
        : tag;

    /// <summary>
    /// Folded tags as the groups of RFC 9875, a list of strings (RFC 9651, sections 3.1 and 3.3.3). Folded, none holds the value of an
    /// argument, and they stay within the 32 characters that every cache has to support.
    /// </summary>
    public static string GroupsOf(IEnumerable<string> folded) => string.Join(", ", folded.Distinct(StringComparer.Ordinal)
        .Select(tag => $"\"{KeyText.Escaped(tag).Replace("%3A", ":", StringComparison.Ordinal)}\""));

    // FNV-1a: equal on every node, which string.GetHashCode is not.
    private static uint Hash(string tag)
    {
        var hash = 2_166_136_261;
        foreach (var octet in Encoding.UTF8.GetBytes(tag))
            hash = (hash ^ octet) * 16_777_619;

        return hash;
    }
}
