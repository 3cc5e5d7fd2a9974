using Microsoft.Extensions.DependencyInjection;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Redis;

namespace UsersApi.Caching.Operations;

/// <summary>Registers what operates the response cache.</summary>
public static class RedisCachedOperationsServiceCollectionExtensions
{
    /// <summary>The meter of the cache and its activity source have this name.</summary>
    public const string TelemetryName = CacheMetrics.MeterName;

    /// <summary>Adds to <c>AddRedisCached</c>, which comes first, the state of this node's cache as metrics.</summary>
    public static IServiceCollection AddRedisCachedOperations(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisConnection)))
            services.AddSingleton<RedisMemory>();

        services.AddHostedService<CacheStateMetrics>();
        return services;
    }
}
