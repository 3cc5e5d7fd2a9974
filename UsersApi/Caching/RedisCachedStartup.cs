using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.Options;

namespace UsersApi.Caching;

/// <summary>Tells an attribute's mistakes before the first request, and begins to connect without waiting for it.</summary>
internal sealed class RedisCachedStartup(IServiceProvider services, IOptions<RedisCachedOptions> options, ILogger<RedisCachedStartup> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IActionDescriptorCollectionProvider>() is not null)
            services.GetRequiredService<CachePolicies>().Validate();

        if (services.GetService<RedisConnection>() is { } connection)
        {
            _ = WarmUpAsync(connection, services.GetRequiredService<ITagVersions>());
        }
        else
        {
            CacheLog.CachedInProcess(logger, options.Value.LocalStoreBytes);
        }

        return Task.CompletedTask;
    }

    // The first read compiles what all later ones use: no request should miss its deadline for that.
    private static async Task WarmUpAsync(RedisConnection connection, ITagVersions versions)
    {
        await Task.WhenAll(connection.Multiplexer, connection.Bodies);
        await versions.ReadAsync([TagNames.All]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
