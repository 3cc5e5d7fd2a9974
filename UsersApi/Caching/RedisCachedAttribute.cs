namespace UsersApi.Caching;

/// <summary>
/// Caches the responses of a GET action, whole, in Redis. On a controller it holds for every GET action of it; the
/// attribute nearest to the action wins as a whole. What is not set here comes from <see cref="RedisCachedOptions.Defaults"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCachedAttribute : Attribute, IFilterFactory, IOrderedFilter, ICachedAction
{
    private Action<CacheSettings>? _changes;

    /// <inheritdoc cref="CacheSettings.Seconds"/>
    public int Seconds { get => Own.Seconds; set => Set(it => it.Seconds = value); }

    /// <inheritdoc cref="CacheSettings.ClientSeconds"/>
    public int ClientSeconds { get => Own.ClientSeconds; set => Set(it => it.ClientSeconds = value); }

    /// <inheritdoc cref="CacheSettings.SharedSeconds"/>
    public int SharedSeconds { get => Own.SharedSeconds; set => Set(it => it.SharedSeconds = value); }

    /// <inheritdoc cref="CacheSettings.StaleSeconds"/>
    public int StaleSeconds { get => Own.StaleSeconds; set => Set(it => it.StaleSeconds = value); }

    /// <inheritdoc cref="CacheSettings.StaleIfErrorSeconds"/>
    public int StaleIfErrorSeconds { get => Own.StaleIfErrorSeconds; set => Set(it => it.StaleIfErrorSeconds = value); }

    /// <inheritdoc cref="CacheSettings.RefreshBeforeSeconds"/>
    public int RefreshBeforeSeconds { get => Own.RefreshBeforeSeconds; set => Set(it => it.RefreshBeforeSeconds = value); }

    /// <inheritdoc cref="CacheSettings.AcrossNodes"/>
    public bool AcrossNodes { get => Own.AcrossNodes; set => Set(it => it.AcrossNodes = value); }

    /// <inheritdoc cref="CacheSettings.Audience"/>
    public CacheAudience Audience { get => Own.Audience; set => Set(it => it.Audience = value); }

    /// <inheritdoc cref="CacheSettings.Vary"/>
    public string[] Vary { get => Own.Vary; set => Set(it => it.Vary = value); }

    /// <inheritdoc cref="CacheSettings.VaryByClaims"/>
    public string[] VaryByClaims { get => Own.VaryByClaims; set => Set(it => it.VaryByClaims = value); }

    /// <inheritdoc cref="CacheSettings.StatusCodes"/>
    public int[] StatusCodes { get => Own.StatusCodes ?? []; set => Set(it => it.StatusCodes = value); }

    /// <summary>What an eviction names: plain words, or words with arguments of the action, as in <c>user:{id}</c>.</summary>
    public string[] Tags { get; set => field = value ?? []; } = [];

    /// <summary>
    /// For actions without query parameters: leave the query string out of the key. By default it is part of it, since the
    /// action may read it.
    /// </summary>
    public bool DeclaredQueryOnly { get; set; }

    /// <summary>False takes an action out of what its controller says.</summary>
    public bool Enabled { get; set; } = true;

    private CacheSettings Own => ((ICachedAction)this).Over(new CacheSettings());

    /// <inheritdoc/>
    public int Order => RedisCachedFilter.FilterOrder;

    /// <inheritdoc/>
    public bool IsReusable => false;

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new RedisCachedFilter(this, serviceProvider.GetRequiredService<CacheServices>(), serviceProvider.GetRequiredService<EarlyHits>());

    CacheSettings ICachedAction.Over(CacheSettings defaults)
    {
        var settings = defaults with { };
        _changes?.Invoke(settings);
        return settings;
    }

    private void Set(Action<CacheSettings> change) => _changes += change;
}
