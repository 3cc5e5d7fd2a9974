namespace UsersApi.Caching;

/// <summary>
/// Caches the responses of a GET action, whole, in Redis. On a controller it holds for every GET action of it; the
/// attribute nearest to the action wins as a whole. What is not set here comes from <see cref="RedisCachedOptions.Defaults"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCachedAttribute : Attribute, IFilterFactory, IOrderedFilter, ICachedAction
{
    private readonly CacheSettings _settings = new();

    /// <inheritdoc cref="CacheSettings.Seconds"/>
    public int Seconds { get => _settings.Seconds ?? 0; set => _settings.Seconds = value; }

    /// <inheritdoc cref="CacheSettings.ClientSeconds"/>
    public int ClientSeconds { get => _settings.ClientSeconds ?? 0; set => _settings.ClientSeconds = value; }

    /// <inheritdoc cref="CacheSettings.SharedSeconds"/>
    public int SharedSeconds { get => _settings.SharedSeconds ?? 0; set => _settings.SharedSeconds = value; }

    /// <inheritdoc cref="CacheSettings.StaleSeconds"/>
    public int StaleSeconds { get => _settings.StaleSeconds ?? 0; set => _settings.StaleSeconds = value; }

    /// <inheritdoc cref="CacheSettings.StaleIfErrorSeconds"/>
    public int StaleIfErrorSeconds { get => _settings.StaleIfErrorSeconds ?? 0; set => _settings.StaleIfErrorSeconds = value; }

    /// <inheritdoc cref="CacheSettings.RefreshBeforeSeconds"/>
    public int RefreshBeforeSeconds { get => _settings.RefreshBeforeSeconds ?? 0; set => _settings.RefreshBeforeSeconds = value; }

    /// <inheritdoc cref="CacheSettings.AcrossNodes"/>
    public bool AcrossNodes { get => _settings.AcrossNodes ?? false; set => _settings.AcrossNodes = value; }

    /// <inheritdoc cref="CacheSettings.Audience"/>
    public CacheAudience Audience { get => _settings.Audience ?? default; set => _settings.Audience = value; }

    /// <inheritdoc cref="CacheSettings.Vary"/>
    public string[] Vary { get => _settings.Vary ?? []; set => _settings.Vary = value; }

    /// <inheritdoc cref="CacheSettings.VaryByClaims"/>
    public string[] VaryByClaims { get => _settings.VaryByClaims ?? []; set => _settings.VaryByClaims = value; }

    /// <inheritdoc cref="CacheSettings.StatusCodes"/>
    public int[] StatusCodes { get => _settings.StatusCodes ?? []; set => _settings.StatusCodes = value; }

    /// <summary>What an eviction names: plain words, or words with arguments of the action, as in <c>user:{id}</c>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>
    /// For actions without query parameters: leave the query string out of the key. By default it is part of it, since the
    /// action may read it.
    /// </summary>
    public bool DeclaredQueryOnly { get; set; }

    /// <summary>False takes an action out of what its controller says.</summary>
    public bool Enabled { get; set; } = true;

    /// <inheritdoc/>
    public int Order => RedisCachedFilter.FilterOrder;

    /// <inheritdoc/>
    public bool IsReusable => false;

    CacheSettings ICachedAction.Settings => _settings;

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new RedisCachedFilter(
        this, serviceProvider.GetRequiredService<CacheServices>(), serviceProvider.GetRequiredService<EarlyHits>());
}
