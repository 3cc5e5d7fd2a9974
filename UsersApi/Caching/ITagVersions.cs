namespace UsersApi.Caching;

/// <summary>The current versions of tags: random tokens, of which an eviction is one write of a new one.</summary>
internal interface ITagVersions
{
    /// <summary>
    /// The versions of these tags as of now, and maybe of others. Null where they can't be had in time: then
    /// nothing may be served from any layer of the cache, nor stored.
    /// </summary>
    /// <param name="tags">The tags.</param>
    /// <param name="behind">Sends what shall go right behind the command for the versions; not called where none is sent.</param>
    Task<VersionSnapshot?> ReadAsync(IReadOnlyList<string> tags, Action? behind = null);

    /// <summary>Gives these tags new versions. When it returns true, no entry stored before is served any more, on any node.</summary>
    ValueTask<bool> EvictAsync(IReadOnlyCollection<string> tags);
}
