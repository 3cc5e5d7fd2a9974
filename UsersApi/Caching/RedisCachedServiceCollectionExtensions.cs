using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Caching;

/// <summary>Registers the response cache.</summary>
public static class RedisCachedServiceCollectionExtensions
{
    /// <summary>
    /// Makes <see cref="RedisCachedAttribute"/> and <see cref="RedisCacheEvictAttribute"/> work, with the section
    /// <c>RedisCached</c> and <c>ConnectionStrings:Redis</c>. Without a connection string one node caches in its own memory.
    /// </summary>
    public static IServiceCollection AddRedisCached(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RedisCachedOptions>()
            .Bind(configuration.GetSection(RedisCachedOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        // An application without controllers may still evict.
        services.AddMvcCore();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<KillSwitch>(provider, configuration));
        services.AddSingleton<CachePolicies>();
        services.AddSingleton<CacheFlights>();
        services.AddSingleton<MissLimiter>();
        services.AddSingleton<NearCache>();
        services.AddSingleton<CacheStore>();
        services.AddSingleton<CacheWriteQueue>();
        services.AddSingleton<ActionBinding>();
        services.AddSingleton<KeyDimensions>();
        services.AddSingleton<RequestLookup>();
        services.AddSingleton<CacheServices>();
        services.AddSingleton<EarlyHits>();
        services.AddSingleton<EvictionFilter>();
        services.AddSingleton<Revalidator>();
        services.AddSingleton<IStartupFilter>(provider => provider.GetRequiredService<Revalidator>());
        services.AddSingleton<CachedPaths>();
        services.AddSingleton<TagEvictor>();
        services.AddSingleton<IRedisCacheEvictor, RedisCacheEvictor>();
        services.Configure<MvcOptions>(options =>
        {
            options.Conventions.Add(new HeadConvention());
            options.Filters.Add(new InnermostFilter());
        });
        // Before what the application adds with the same order: of two, the first is the outer one.
        services.PostConfigure<MvcOptions>(options => options.Filters.Insert(
            0, new ServiceFilterAttribute(typeof(EvictionFilter)) { Order = EvictionFilter.FilterOrder }));
        services.AddHostedService<RedisCachedStartup>();
        services.AddHostedService<CacheWriteWorker>();
        if (configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            services.AddRedisStore(redis);
        }
        else
        {
            services.AddLocalStore();
        }

        return services;
    }

    private static void AddRedisStore(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisConnection>(provider, connectionString));
        services.AddSingleton<ScriptRunner>();
        services.AddSingleton<VersionScripts>();
        services.AddSingleton<KnownVersions>();
        services.AddSingleton<ChangeMessages>();
        services.AddSingleton<Acknowledgements>();
        services.AddSingleton<OwedTags>();
        services.AddSingleton<ClusterClaims>();
        services.AddSingleton<Evictions>();
        services.AddSingleton<ITagVersions, RedisTagVersions>();
        services.AddKeyedSingleton<IDistributedCache>(CacheStore.ServiceKey, (provider, _) => new RedisCache(new RedisCacheOptions
        {
            ConnectionMultiplexerFactory = () => provider.GetRequiredService<RedisConnection>().Bodies,
            InstanceName = CacheEntryFormat.KeyPrefixOf(provider.GetRequiredService<IOptions<RedisCachedOptions>>().Value),
        }));
        // Started after the worker, it stops before: no hits from memory while the queue drains.
        services.AddHostedService<LeaseKeeper>();
        services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis-cached", HealthStatus.Degraded, tags: ["ready"]);
    }

    private static void AddLocalStore(this IServiceCollection services)
    {
        services.AddSingleton<ITagVersions, LocalTagVersions>();
        services.AddKeyedSingleton<IDistributedCache>(CacheStore.ServiceKey, (provider, _) =>
            new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions
            {
                SizeLimit = provider.GetRequiredService<IOptions<RedisCachedOptions>>().Value.LocalStoreBytes,
            })));
    }
}
