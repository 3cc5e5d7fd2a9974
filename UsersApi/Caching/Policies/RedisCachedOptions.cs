using System.ComponentModel.DataAnnotations;

namespace UsersApi.Caching.Policies;

/// <summary>The response cache's settings, from the configuration section <c>RedisCached</c>.</summary>
public sealed class RedisCachedOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "RedisCached";

    /// <summary>
    /// The kill switch: false lets every action run, at once and without a restart. Evictions and the lease go on, so that nothing old
    /// is there when it is true again.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How this cache is called in <c>Cache-Status</c>: an RFC 8941 token.</summary>
    [RegularExpression("[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,63}")]
    public string Name { get; set; } = "RedisCached";

    /// <summary>What every Redis key of this application begins with.</summary>
    [Required, StringLength(128)]
    public string KeyPrefix { get; set; } = "redis-cached:";

    /// <summary>
    /// What names the application's version in the keys of its entries: up to 64 letters, digits, dots, hyphens and underscores. Nodes
    /// with different ones share no entry, and see each other's evictions all the same. By default it is the beginning of the entry
    /// assembly's module version id, so that each build has entries of its own; a text of yours keeps them over a deployment that changes
    /// no response, and an empty one leaves it out.
    /// </summary>
    [RegularExpression("[A-Za-z0-9._-]{0,64}")]
    public string? Revision { get; set; }

    /// <summary>Scheme and host are part of the key; turn it off only where no response contains them.</summary>
    public bool KeyByHost { get; set; } = true;

    /// <summary>Characters of a key before its tail becomes a SHA-256: 128 to 8,192.</summary>
    [Range(128, 8_192)]
    public int MaxKeyLength { get; set; } = 1_024;

    /// <summary>
    /// Bodies above this many bytes, or above a third of <see cref="QueueBytes"/>, stream through and are not stored: 0 to 256 MiB.
    /// </summary>
    [Range(0, 268_435_456)]
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bodies from this many bytes on are compressed for clients that accept it; null turns compression off.</summary>
    [Range(1, int.MaxValue)]
    public int? CompressFromBytes { get; set; } = 1_024;

    /// <summary>
    /// The secret of the hash that stands for a user in a key; the same on all nodes. Random for each process where it is not
    /// set.
    /// </summary>
    [MinLength(16)]
    public string? KeySecret { get; set; }

    /// <summary>
    /// Whether this node may answer from memory under a lease of one second, without asking Redis; it is as strict without, and
    /// asks Redis for the versions at every lookup.
    /// </summary>
    public bool Leases { get; set; } = true;

    /// <summary>How long a lookup waits for the tag versions: 1 ms to 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan VersionsTimeout { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long a lookup waits for an entry: 1 ms to 1 minute. An action whose bodies are large gets a millisecond
    /// more for each 10 KB.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan EntryTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a write waits for Redis to take its eviction: 1 ms to 1 minute. That other nodes have acknowledged it may take
    /// 1,050 ms more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan EvictionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Where an eviction does not reach Redis: true answers the write with 503, though it may have been made; false acknowledges
    /// it, and other nodes may serve what was stored before until the retry gets through.
    /// </summary>
    public bool WithholdOnFailedEviction { get; set; }

    /// <summary>
    /// How much of its freshness an entry may lose at random, so that those stored together do not die together, in percent: 0 to
    /// 50.
    /// </summary>
    [Range(0, 50)]
    public int JitterPercent { get; set; } = 5;

    /// <summary>Stale answers that may be renewed at the same time: 0 to 1,000.</summary>
    [Range(0, 1_000)]
    public int MaxRevalidations { get; set; } = 8;

    /// <summary>How long the renewal of a stale answer may take: 100 ms to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RevalidationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request waits for the same one that is being computed, before it runs the action itself: 0 to 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CollapseWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after a failure the same request gets a stale answer at once, where <c>StaleIfErrorSeconds</c> allows one, while one
    /// request at a time tries again in the background: 0 to 10 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FailureMemory { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Cached actions that may run at the same time, so that a flood of cold keys does not take all of what they need: 1 to
    /// 100,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxRunningMisses { get; set; } = 64;

    /// <summary>How long a miss waits for its turn before it is answered 503 with <c>Retry-After</c>: 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MissWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes of responses that this process keeps in memory, so that a hit reads no body from Redis: 0 (off) to 16 GiB.
    /// </summary>
    [Range(0, 17_179_869_184)]
    public long NearCacheBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>Responses that may wait to be written: 1 to 100,000. The oldest goes first.</summary>
    [Range(1, 100_000)]
    public int QueueEntries { get; set; } = 1_024;

    /// <summary>Bytes that may wait to be written: 1 MiB to 1 GiB. The oldest goes first.</summary>
    [Range(1_048_576, 1_073_741_824)]
    public long QueueBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>A response that has waited this long is not written any more: 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a shutdown waits for the queue to drain: 0 to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Without a Redis connection string: the bytes that the store in this process may hold, 1 MiB to 16 GiB.</summary>
    [Range(1_048_576, 17_179_869_184)]
    public long LocalStoreBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// What an action may read although its key does not hold it, since it can't change its answer: headers by their names, and
    /// <c>user</c>, <c>session</c>, <c>connection</c>, <c>scheme</c>, <c>protocol</c>, <c>path</c>, <c>query</c>. By default the headers
    /// of tracing.
    /// </summary>
    public string[] IgnoredReads { get; set; } =
        ["traceparent", "tracestate", "baggage", "Request-Id", "X-Request-ID", "X-Correlation-ID", "Correlation-Context"];

    /// <summary>
    /// Whether a header that an action reads becomes part of the key and of <c>Vary</c> by itself. Otherwise what reads an undeclared one
    /// is not stored. Credentials never do.
    /// </summary>
    public bool VaryByWhatIsRead { get; set; }

    /// <summary>
    /// Whether responses of cached actions name their tags in <c>Cache-Groups</c>, and writes those that they evict in
    /// <c>Cache-Group-Invalidation</c> (RFC 9875), so that a shared cache in front can follow. Tags with arguments stand there as their
    /// bucket, without the value.
    /// </summary>
    public bool CacheGroups { get; set; }

    /// <summary>What holds where an attribute says nothing.</summary>
    [ValidateObjectMembers]
    public CacheSettings Defaults { get; set; } = new();
}
