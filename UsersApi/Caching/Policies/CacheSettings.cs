using System.ComponentModel.DataAnnotations;

namespace UsersApi.Caching.Policies;

/// <summary>
/// How responses are cached: as an attribute says, else as <see cref="RedisCachedOptions.Defaults"/> do, else as it stands here.
/// </summary>
public sealed record CacheSettings
{
    private const int MaxSeconds = 31_536_000;

    /// <summary>How long a stored response stays fresh, in seconds: 1 to 31,536,000 (a year); 60 where nothing is said.</summary>
    [Range(1, MaxSeconds)]
    public int Seconds { get; set; } = 60;

    /// <summary>How long a client may use its copy unasked, in seconds: 0 (always revalidate, the default) to 31,536,000.</summary>
    [Range(0, MaxSeconds)]
    public int ClientSeconds { get; set; }

    /// <summary>
    /// How long a shared cache in front, such as a CDN, may use its copy unasked (<c>s-maxage</c>; RFC 9111, section 5.2.2.10), in seconds:
    /// 0 (it asks each time, the default) to 31,536,000. What an eviction reaches is for it to know, and private responses never say it.
    /// </summary>
    [Range(0, MaxSeconds)]
    public int SharedSeconds { get; set; }

    /// <summary>
    /// For how long after <see cref="Seconds"/> a response that was not evicted is still sent, at once, while a new one is made
    /// in the background (RFC 5861, section 3), in seconds: 0 (never, the default) to 31,536,000.
    /// </summary>
    [Range(0, MaxSeconds)]
    public int StaleSeconds { get; set; }

    /// <summary>
    /// For how long after <see cref="Seconds"/> a response that was not evicted is sent in place of an exception or a 5xx
    /// (RFC 5861, section 4), in seconds: 0 (never, the default) to 31,536,000.
    /// </summary>
    [Range(0, MaxSeconds)]
    public int StaleIfErrorSeconds { get; set; }

    /// <summary>
    /// How long before its end a response that is asked for is made anew in the background, by one node of the cluster, so that
    /// nobody waits for it later, in seconds: 0 (never, the default), or less than <see cref="Seconds"/>. Of a response that lives for
    /// less than twice as long, it is the second half of its life.
    /// </summary>
    [Range(0, MaxSeconds)]
    public int RefreshBeforeSeconds { get; set; }

    /// <summary>
    /// Whether identical misses run the action once in the whole cluster, and not once per node; false where nothing is said. The other
    /// nodes wait for up to <see cref="RedisCachedOptions.CollapseWait"/>, and, of a node that died, for half of that.
    /// </summary>
    public bool AcrossNodes { get; set; }

    /// <summary>Among whom one response is shared; anonymous requests alone where nothing is said.</summary>
    public CacheAudience Audience { get; set; }

    /// <summary>Request headers whose values select another response; they become part of the key and of <c>Vary</c>.</summary>
    public string[] Vary { get; set => field = value ?? []; } = [];

    /// <summary>
    /// Types of claims whose values select another response, so that a user with fewer scopes does not get what another filled; the
    /// values become part of the key, as a hash, and responses are <c>private</c>.
    /// </summary>
    public string[] VaryByClaims { get; set => field = value ?? []; } = [];

    /// <summary>Statuses that are stored; 200 alone where nothing is said. 206 and 304 never are.</summary>
    /// <remarks>Null and not 200 by itself, since the configuration would add to that.</remarks>
    public int[]? StatusCodes { get; set; }
}
