namespace UsersApi.Caching.Policies;

/// <summary>
/// Whether the cache is on: where the configuration says so as it is now, and nobody has switched this node off. The other settings are
/// those of the start, so that a mistake made in them since does not keep anybody from switching the cache off.
/// </summary>
internal sealed class KillSwitch : IDisposable
{
    private readonly ILogger<KillSwitch> _logger;
    private readonly IDisposable _reloads;
    private volatile bool _isConfigured;
    private volatile bool _isOff;

    public KillSwitch(IConfiguration configuration, IOptions<RedisCachedOptions> options, ILogger<KillSwitch> logger)
    {
        (_logger, _isConfigured) = (logger, options.Value.Enabled);
        var setting = configuration.GetSection(RedisCachedOptions.Section).GetSection(nameof(RedisCachedOptions.Enabled));
        var before = setting.Value;
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, () =>
        {
            // What code has set stands until the configuration says something else.
            if (setting.Value is var now && now != Interlocked.Exchange(ref before, now))
                Turn(() => _isConfigured = now is null || (bool.TryParse(now, out var isOn) ? isOn : _isConfigured));
        });
    }

    public bool IsOn => _isConfigured && !_isOff;

    /// <summary>Whether it was switched off by hand.</summary>
    public bool IsOffByHand
    {
        get => _isOff;
        set => Turn(() => _isOff = value);
    }

    public void Dispose() => _reloads.Dispose();

    private void Turn(Action turn)
    {
        var before = IsOn;
        turn();
        if (IsOn != before)
            CacheLog.Switched(_logger, before ? "off" : "on");
    }
}
