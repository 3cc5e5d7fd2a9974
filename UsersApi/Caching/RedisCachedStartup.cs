namespace UsersApi.Caching;

/// <summary>Tells an attribute's mistakes before the first request.</summary>
internal sealed class RedisCachedStartup(
    IServiceProvider services, IOptions<RedisCachedOptions> options, ILogger<RedisCachedStartup> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = services.GetService<RedisConnection>();
        var policies = services.GetRequiredService<CachePolicies>();
        policies.Validate();
        // While the culture is the application's own, and no request's.
        services.GetRequiredService<KeyDimensions>();
        if (connection is not null && options.Value.KeySecret is null && policies.FirstForOneUser is { } action)
            CacheLog.NoKeySecret(logger, action.DisplayName);

        if (connection is null)
            CacheLog.CachedInProcess(logger, options.Value.LocalStoreBytes);

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
