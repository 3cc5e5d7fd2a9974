using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
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
    /// them is the application's to decide.
    /// </summary>
    public static IServiceCollection AddRedisCachedOperations(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisConnection)))
            services.AddSingleton<RedisMemory>();

        services.AddSingleton<StoredEntries>();
        services.AddSingleton<CacheSwitch>();
        services.AddSingleton<IPostConfigureOptions<RedisCachedOptions>>(provider => provider.GetRequiredService<CacheSwitch>());
        services.AddSingleton<IOptionsChangeTokenSource<RedisCachedOptions>>(provider => provider.GetRequiredService<CacheSwitch>());
        services.AddSingleton(provider => new CacheSwitches(
            provider.GetRequiredService<CacheSwitch>(), provider.GetRequiredService<IOptionsMonitor<RedisCachedOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetService<RedisConnection>()));
        services.AddSingleton(provider => new CacheDesk(
            provider.GetRequiredService<StoredEntries>(), provider.GetRequiredService<TagEvictor>()));
        services.AddSingleton(provider => new CacheExplainer(
            provider.GetRequiredService<IHttpContextFactory>(), provider.GetRequiredService<Revalidator>(),
            provider.GetRequiredService<StoredEntries>(), provider.GetRequiredService<CacheServices>()));
        services.AddSingleton(provider => new CacheStatistics(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<NearCache>(),
            provider.GetRequiredService<IOptions<RedisCachedOptions>>(), provider.GetService<RedisConnection>()));
        services.AddOptions<CanaryOptions>().BindConfiguration(CanaryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CanaryMetrics>();
        services.AddSingleton<IHitObserver, CacheCanary>();
        services.AddHostedService<CacheStateMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<CacheSwitches>());
        return services;
    }
}
