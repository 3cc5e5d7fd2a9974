using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Pipeline;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Redis;
using UsersApi.Caching.Store;
using UsersApi.Caching.Versions;

namespace UsersApi.Caching.Operations;

/// <summary>Registers what operates the response cache.</summary>
public static class RedisCachedOperationsServiceCollectionExtensions
{
    /// <summary>The meter of the cache and its activity source have this name.</summary>
    public const string TelemetryName = CacheMetrics.MeterName;

    /// <summary>
    /// Adds to <c>AddRedisCached</c>, which comes first, the state of this node's cache as metrics, and what a desk for operators needs:
    /// <see cref="CacheExplainer"/>, <see cref="CacheDesk"/>, <see cref="CacheStatistics"/> and <see cref="CacheSwitches"/>. Who may use
    /// them is the application's to decide. Makes the requests that the section <c>RedisCached:Warm</c> lists, so that clients find hits.
    /// </summary>
    public static IServiceCollection AddRedisCachedOperations(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisConnection)))
            services.AddSingleton<RedisMemory>();

        services.AddSingleton<StoredEntries>();
        services.AddSingleton<OwnRequests>();
        services.AddSingleton(provider => new CacheSwitches(
            provider.GetRequiredService<KillSwitch>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<RedisConnection>()));
        services.AddSingleton(provider => new CacheDesk(
            provider.GetRequiredService<StoredEntries>(), provider.GetRequiredService<TagEvictor>(),
            provider.GetRequiredService<IOptions<RedisCachedOptions>>().Value));
        services.AddSingleton(provider => new CacheExplainer(
            provider.GetRequiredService<OwnRequests>(), provider.GetRequiredService<StoredEntries>(),
            provider.GetRequiredService<CacheServices>()));
        services.AddSingleton(provider => new CacheStatistics(
            provider.GetRequiredService<CacheMetrics>(), provider.GetRequiredService<NearCache>(),
            provider.GetRequiredService<IOptions<RedisCachedOptions>>(), provider.GetService<RedisConnection>()));
        services.AddOptions<CanaryOptions>().BindConfiguration(CanaryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CanaryMetrics>();
        services.AddSingleton<IHitObserver, CacheCanary>();
        services.AddHostedService<CacheStateMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheSwitches>());
        services.AddOptions<WarmOptions>().BindConfiguration(WarmOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<WarmOptions>, WarmMistakes>();
        services.AddSingleton<CacheWarmer>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheWarmer>());
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "redis-cached-warm", provider => provider.GetRequiredService<CacheWarmer>(), HealthStatus.Unhealthy, ["ready"]));
        return services;
    }
}
