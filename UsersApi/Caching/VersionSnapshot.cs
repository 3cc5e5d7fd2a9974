namespace UsersApi.Caching;

/// <summary>The versions of some tags in one run of one Redis, at one moment.</summary>
/// <param name="epoch">The run.</param>
/// <param name="versions">Each tag's version.</param>
internal sealed class VersionSnapshot(string epoch, IReadOnlyDictionary<string, string> versions)
{
    private Stamped? _last;

    /// <summary>What an entry with these tags carries while it may be served.</summary>
    public string StampOf(IReadOnlyList<string> tags)
    {
        // One read serves many requests, most of them for the same few entries.
        if (Volatile.Read(ref _last) is { } last && ReferenceEquals(last.Tags, tags))
            return last.Stamp;

        var stamp = $"{epoch}:{string.Join(',', tags.Select(tag => versions[tag]))}";
        Volatile.Write(ref _last, new Stamped(tags, stamp));
        return stamp;
    }

    private sealed record Stamped(IReadOnlyList<string> Tags, string Stamp);
}
