using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Caching;

/// <summary>
/// Caches the responses of a GET action, whole, in Redis. On a controller it holds for every GET action of it; the
/// attribute nearest to the action wins as a whole. What is not set here comes from <see cref="Profile"/>, then from
/// <see cref="RedisCachedOptions.Defaults"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCachedAttribute : Attribute, IFilterFactory, IOrderedFilter
{
    /// <summary>Inside the automatic 400 of <c>[ApiController]</c> (-2000), outside the filters that set no order (0).</summary>
    internal const int FilterOrder = -1000;

    /// <summary>How long a stored response stays fresh, in seconds: 1 to 31,536,000 (a year).</summary>
    public int Seconds { get => Settings.Seconds ?? 0; set => Settings.Seconds = value; }

    /// <summary>How long a client may use its copy unasked, in seconds: 0 (always revalidate) to 31,536,000.</summary>
    public int ClientSeconds { get => Settings.ClientSeconds ?? 0; set => Settings.ClientSeconds = value; }

    /// <summary>
    /// For how long after <see cref="Seconds"/> a response that was not evicted is still sent, at once, while a new one is made
    /// behind it (RFC 5861, section 3), in seconds: 0 (never) to 31,536,000.
    /// </summary>
    public int StaleSeconds { get => Settings.StaleSeconds ?? 0; set => Settings.StaleSeconds = value; }

    /// <summary>
    /// For how long after <see cref="Seconds"/> a response that was not evicted is sent in place of an exception or a 5xx
    /// (RFC 5861, section 4), in seconds: 0 (never) to 31,536,000.
    /// </summary>
    public int StaleIfErrorSeconds { get => Settings.StaleIfErrorSeconds ?? 0; set => Settings.StaleIfErrorSeconds = value; }

    /// <summary>
    /// For how long after its versions were read a response is served from this process's memory without asking Redis, in
    /// seconds: 0 (never) to 3,600. For so long it may be older than a write on another node; writes on this node are seen at once.
    /// </summary>
    public int LocalSeconds { get => Settings.LocalSeconds ?? 0; set => Settings.LocalSeconds = value; }

    /// <summary>Among whom one response is shared.</summary>
    public CacheAudience Audience { get => Settings.Audience ?? default; set => Settings.Audience = value; }

    /// <summary>Request headers whose values select another response; they become part of the key and of <c>Vary</c>.</summary>
    public string[] Vary { get => Settings.Vary ?? []; set => Settings.Vary = value; }

    /// <summary>Statuses that are stored; 200 alone where nothing is said. 206 and 304 never are.</summary>
    public int[] StatusCodes { get => Settings.StatusCodes ?? []; set => Settings.StatusCodes = value; }

    /// <summary>What an eviction names: plain words, or words with arguments of the action, as in <c>user:{id}</c>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>A named set of defaults in <see cref="RedisCachedOptions.Profiles"/>.</summary>
    public string? Profile { get; set; }

    /// <summary>
    /// For an action that binds nothing from the query: true leaves the query out of the key, so that invented parameters make
    /// no entries. Otherwise the raw query is part of it, since the action may read it.
    /// </summary>
    public bool DeclaredQueryOnly { get; set; }

    /// <summary>False takes an action out of what its controller or a profile says.</summary>
    public bool Enabled { get; set; } = true;

    /// <inheritdoc/>
    public int Order => FilterOrder;

    /// <inheritdoc/>
    public bool IsReusable => false;

    internal RedisCachedProfile Settings { get; } = new();

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new RedisCachedFilter(this, serviceProvider.GetRequiredService<CacheServices>());
}
