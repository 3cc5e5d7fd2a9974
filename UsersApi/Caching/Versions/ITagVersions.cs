namespace UsersApi.Caching.Versions;

/// <summary>The current versions of tags: an eviction replaces a tag's random token by another.</summary>
internal interface ITagVersions
{
    /// <summary>The versions of these tags, where they are known at this moment; null where they have to be asked for.</summary>
    Stamp? FindKnown(IReadOnlyList<string> tags);

    /// <summary>
    /// The versions of these tags at a moment after the call. Null where they can't be had in time: then nothing may be served
    /// from any layer of the cache, nor stored.
    /// </summary>
    ValueTask<Stamp?> ReadAsync(IReadOnlyList<string> tags);

    /// <summary>Gives these tags new versions. When it returns true, no entry stored before is served any more, on any node.</summary>
    Task<bool> EvictAsync(IReadOnlyCollection<string> tags);
}
