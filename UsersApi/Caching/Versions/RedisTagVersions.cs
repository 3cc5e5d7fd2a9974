namespace UsersApi.Caching.Versions;

/// <summary>Versions in Redis: known under a lease, else read within a deadline.</summary>
internal sealed class RedisTagVersions(
    KnownVersions known, OwedTags owed, Evictions evictions, VersionScripts scripts, ScriptRunner runner,
    IOptions<RedisCachedOptions> options, TimeProvider time)
    : ITagVersions
{
    private readonly TimeSpan _deadline = options.Value.VersionsTimeout;

    public Stamp? FindKnown(IReadOnlyList<string> tags) => MayServe(tags) ? known.Find(tags) : null;

    public ValueTask<Stamp?> ReadAsync(IReadOnlyList<string> tags) =>
        FindKnown(tags) is { } stamp ? new(stamp)
        : !MayServe(tags) || runner.IsLeftAlone ? default
        : new(ReadThroughAsync(tags));

    public Task<bool> EvictAsync(IReadOnlyCollection<string> tags) => evictions.EvictAsync(tags);

    private bool MayServe(IReadOnlyList<string> tags) => runner.MissingRequirement is null && !owed.HasAny(tags);

    private async Task<Stamp?> ReadThroughAsync(IReadOnlyList<string> tags)
    {
        var reserved = known.Reserve(tags);
        Stamp? read = null;
        try
        {
            return read = await scripts.ReadAsync(tags).WaitAsync(_deadline, time);
        }
        catch (Exception error)
        {
            runner.NoteFailure(error);
            return null;
        }
        finally
        {
            known.Fill(reserved, read);
        }
    }
}
