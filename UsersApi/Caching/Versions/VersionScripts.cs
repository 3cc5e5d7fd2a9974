using StackExchange.Redis;

namespace UsersApi.Caching.Versions;

/// <summary>
/// The scripts that read and write versions and leases. There is no other way: what changes a version by itself is not seen by
/// holders.
/// </summary>
/// <remarks>
/// <code>
/// {KeyPrefix}v1:{tag}:name            the version of a tag
/// {KeyPrefix}v1:{tag}#leases          epoch, inc, seq, calm, and a field n:{node} for each holder: one key, so that its loss is total
/// {KeyPrefix}v1:{tag}:db0:changes     the channel of evictions and grants; a channel knows no database, so it is named
/// {KeyPrefix}v1:{tag}:db0:acks:node   the channel on which a node hears who has dropped what it evicted
/// </code>
/// The braces around <c>tag</c> stand there as they are, and put all keys into one slot of a cluster. "v1" is a part of the names, and
/// not the revision of the entries' format: nodes of different revisions see each other's evictions.
/// </remarks>
internal sealed class VersionScripts(RedisConnection connection, ScriptRunner runner)
{
    // Reading does not lengthen it: when that of "all" ends, so does every entry. Folding bounds the number of keys, not their end.
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);
    private static readonly string Begin = Text("begin");
    private static readonly string Read = Begin + Text("read");
    private static readonly string Evict = Begin + Text("evict");
    private static readonly string Renew = Begin + Text("rights") + Text("renew");
    private static readonly string Leave = Begin + Text("leave");
    private static readonly string Forget = Begin + Text("forget");
    private static readonly string Reset = Begin + Text("reset");

    public string Changes => connection.ChannelOf("changes");

    public string AcksOf(string node) => connection.ChannelOf("acks:" + node);

    /// <summary>The versions of these tags; what has none gets one.</summary>
    public async Task<Stamp> ReadAsync(IReadOnlyList<string> tags)
    {
        var reply = (string[])(await runner.RunAsync(Read, Keys(tags), [RandomToken.New(), Life.TotalSeconds, .. TokensFor(tags)]))!;
        return new Stamp(reply[0], reply[1..]);
    }

    /// <summary>New versions for these tags, and a message to all who hold a lease.</summary>
    public async Task<Eviction> EvictAsync(IReadOnlyCollection<string> tags, string writer, string id)
    {
        var names = string.Join('\n', tags);
        var reply = (RedisValue[])(await runner.RunAsync(
            Evict, Keys(tags), [RandomToken.New(), Life.TotalSeconds, Changes, writer, id, names, .. TokensFor(tags)]))!;
        return new Eviction(id, reply[0]!, (long)reply[1], (long)reply[2] == 1, [.. reply.Skip(3).Select(node => node.ToString())]);
    }

    /// <summary>Asks for a lease, which comes as a message, and whether all the scripts may run.</summary>
    /// <param name="node">The node; empty where it holds none.</param>
    /// <param name="askedAt">The timestamp from before.</param>
    /// <param name="known">The incarnation that is known for longer than a lease; empty for none.</param>
    /// <param name="used">Tags that hits used without asking Redis, which would otherwise take them for unused.</param>
    /// <returns>The incarnation.</returns>
    /// <exception cref="RedisServerException">A right is missing; it begins with <c>NOPERM</c>.</exception>
    public async Task<string> RenewAsync(string node, long askedAt, string known, IReadOnlyList<string> used) =>
        (string)(await runner.RunAsync(
            Renew, Keys(used), [RandomToken.New(), Changes, node, askedAt.ToString(CultureInfo.InvariantCulture), known]))!;

    public Task LeaveAsync(string node) => runner.RunAsync(Leave, Keys([]), [RandomToken.New(), Changes, node]);

    /// <summary>Takes holders that are silent out, so that the next write does not wait for them.</summary>
    public Task ForgetAsync(Eviction eviction, IEnumerable<string> silent) => runner.RunAsync(
        Forget, Keys([]), [RandomToken.New(), eviction.Incarnation, eviction.Seq, .. silent.Select(node => (RedisValue)node)]);

    public Task ResetAsync(string inc) => runner.RunAsync(Reset, Keys([]), [RandomToken.New(), inc]);

    private static IEnumerable<RedisValue> TokensFor(IReadOnlyCollection<string> tags) => tags.Select(_ => (RedisValue)RandomToken.New());

    private RedisKey[] Keys(IReadOnlyCollection<string> tags) => [connection.LeasesKey, .. tags.Select(connection.KeyOf)];

    /// <summary>A script of this assembly.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(VersionScripts).Assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>What an eviction found.</summary>
/// <param name="Id">What holders acknowledge it by.</param>
/// <param name="Incarnation">The incarnation of the leases.</param>
/// <param name="Seq">The number of its message.</param>
/// <param name="IsCalm">Whether all who may hold a lease are among the holders.</param>
/// <param name="Holders">The nodes that hold a lease.</param>
internal sealed record Eviction(string Id, string Incarnation, long Seq, bool IsCalm, IReadOnlyList<string> Holders);
