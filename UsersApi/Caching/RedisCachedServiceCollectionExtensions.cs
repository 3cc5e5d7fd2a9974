using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace UsersApi.Caching;

/// <summary>Registers the response cache.</summary>
public static class RedisCachedServiceCollectionExtensions
{
    /// <summary>The key of the cache's own <see cref="IDistributedCache"/>; the application's own is left alone.</summary>
    internal const string ServiceKey = "redis-cached";

    /// <summary>The key of the same cache, over the connection that the tag versions have: for reading small entries.</summary>
    internal const string SmallServiceKey = "redis-cached-small";

    /// <summary>
    /// Makes <see cref="RedisCachedAttribute"/> and <see cref="RedisCacheEvictAttribute"/> work, with the section
    /// <c>RedisCached</c> and <c>ConnectionStrings:Redis</c>. Without a connection string one node caches in its own memory.
    /// </summary>
    public static IServiceCollection AddRedisCached(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RedisCachedOptions>().Bind(configuration.GetSection(RedisCachedOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<CachePolicies>();
        services.AddSingleton<CacheFlights>();
        services.AddSingleton<MissLimiter>();
        services.AddSingleton<BoundTargets>();
        services.AddSingleton<EarlyHits>();
        services.AddSingleton<NearCache>();
        services.AddSingleton<CacheStore>();
        services.AddSingleton<CacheWriteQueue>();
        services.AddSingleton<KeyDimensions>();
        services.AddSingleton<CacheServices>();
        services.AddSingleton<EvictionFilter>();
        services.AddSingleton<Revalidator>();
        services.AddSingleton(provider => new RedisCacheEvictor(
            provider.GetRequiredService<ITagVersions>(), provider.GetRequiredService<NearCache>(), provider.GetRequiredService<IOptions<RedisCachedOptions>>()));
        services.Configure<MvcOptions>(options =>
        {
            options.Conventions.Add(new HeadConvention());
            options.Filters.AddService<EvictionFilter>(EvictionFilter.FilterOrder);
        });
        if (configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            services.AddRedisStore(redis);
        }
        else
        {
            services.AddLocalStore();
        }

        services.AddHostedService<RedisCachedStartup>();
        services.AddHostedService<CacheWriteWorker>();
        return services;
    }

    private static void AddRedisStore(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisConnection>(provider, connectionString));
        services.AddSingleton<VersionReader>();
        services.AddSingleton<ITagVersions, RedisTagVersions>();
        services.AddKeyedSingleton<IDistributedCache>(ServiceKey, (provider, _) => CacheOver(provider.GetRequiredService<RedisConnection>(), connection => connection.Bodies));
        services.AddKeyedSingleton<IDistributedCache>(SmallServiceKey, (provider, _) => CacheOver(provider.GetRequiredService<RedisConnection>(), connection => connection.Multiplexer));
        services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis", HealthStatus.Degraded, tags: ["ready"]);
    }

    private static RedisCache CacheOver(RedisConnection connection, Func<RedisConnection, Task<IConnectionMultiplexer>> multiplexer) =>
        new RedisCache(new RedisCacheOptions { ConnectionMultiplexerFactory = () => multiplexer(connection), InstanceName = connection.Prefix });

    private static void AddLocalStore(this IServiceCollection services)
    {
        services.AddSingleton<ITagVersions, LocalTagVersions>();
        services.AddKeyedSingleton<IDistributedCache>(ServiceKey, (provider, _) => new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions
        {
            SizeLimit = provider.GetRequiredService<IOptions<RedisCachedOptions>>().Value.LocalStoreBytes,
        })));
        services.AddKeyedSingleton(SmallServiceKey, (provider, _) => provider.GetRequiredKeyedService<IDistributedCache>(ServiceKey));
    }
}
