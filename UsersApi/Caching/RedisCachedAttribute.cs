namespace UsersApi.Caching;

/// <summary>
/// Caches the responses of a GET action, whole, in Redis. On a controller it holds for every GET action of it; the
/// attribute nearest to the action wins as a whole. What is not set here comes from <see cref="RedisCachedOptions.Defaults"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RedisCachedAttribute : Attribute, IFilterFactory, IOrderedFilter, ICachedAction
{
    private readonly CacheSettings _settings = new();
    private Action<CacheSettings>? _changes;

    /// <inheritdoc cref="CacheSettings.Seconds"/>
    public int Seconds { get => _settings.Seconds; set => Change(settings => settings.Seconds = value); }

    /// <inheritdoc cref="CacheSettings.ClientSeconds"/>
    public int ClientSeconds { get => _settings.ClientSeconds; set => Change(settings => settings.ClientSeconds = value); }

    /// <inheritdoc cref="CacheSettings.SharedSeconds"/>
    public int SharedSeconds { get => _settings.SharedSeconds; set => Change(settings => settings.SharedSeconds = value); }

    /// <inheritdoc cref="CacheSettings.StaleSeconds"/>
    public int StaleSeconds { get => _settings.StaleSeconds; set => Change(settings => settings.StaleSeconds = value); }

    /// <inheritdoc cref="CacheSettings.StaleIfErrorSeconds"/>
    public int StaleIfErrorSeconds { get => _settings.StaleIfErrorSeconds; set => Change(settings => settings.StaleIfErrorSeconds = value); }

    /// <inheritdoc cref="CacheSettings.RefreshBeforeSeconds"/>
    public int RefreshBeforeSeconds { get => _settings.RefreshBeforeSeconds; set => Change(settings => settings.RefreshBeforeSeconds = value); }

    /// <inheritdoc cref="CacheSettings.AcrossNodes"/>
    public bool AcrossNodes { get => _settings.AcrossNodes; set => Change(settings => settings.AcrossNodes = value); }

    /// <inheritdoc cref="CacheSettings.Audience"/>
    public CacheAudience Audience { get => _settings.Audience; set => Change(settings => settings.Audience = value); }

    /// <inheritdoc cref="CacheSettings.Vary"/>
    public string[] Vary { get => _settings.Vary; set => Change(settings => settings.Vary = value); }

    /// <inheritdoc cref="CacheSettings.VaryByClaims"/>
    public string[] VaryByClaims { get => _settings.VaryByClaims; set => Change(settings => settings.VaryByClaims = value); }

    /// <inheritdoc cref="CacheSettings.StatusCodes"/>
    public int[] StatusCodes { get => _settings.StatusCodes ?? []; set => Change(settings => settings.StatusCodes = value); }

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

    /// <inheritdoc/>
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new RedisCachedFilter(this, serviceProvider.GetRequiredService<CacheServices>(), serviceProvider.GetRequiredService<EarlyHits>());

    CacheSettings ICachedAction.Over(CacheSettings defaults)
    {
        var settings = defaults with { };
        _changes?.Invoke(settings);
        return settings;
    }

    private void Change(Action<CacheSettings> change)
    {
        change(_settings);
        _changes += change;
    }
}
