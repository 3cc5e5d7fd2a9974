using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching;

/// <summary>Tells an attribute's mistakes before the first request, and gets ready for it.</summary>
internal sealed class RedisCachedStartup(
    IServiceProvider services, IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<RedisCachedStartup> logger)
    : IHostedService
{
    // A Redis that is there is ready by then, and one that is not is not waited for.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = services.GetService<RedisConnection>();
        if (services.GetService<IActionDescriptorCollectionProvider>() is not null)
        {
            var policies = services.GetRequiredService<CachePolicies>();
            policies.Validate();
            if (connection is not null && options.Value.KeySecret is null && policies.FirstForOneUser is { } action)
                CacheLog.NoKeySecret(logger, action.DisplayName);
        }

        if (connection is not null)
        {
            await WarmUpAsync(connection, services.GetRequiredService<ITagVersions>()).WaitAsync(LongestWait, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            CacheLog.CachedInProcess(logger, options.Value.LocalStoreBytes);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The first read compiles what all later ones use: no request should miss its deadline for that.
    private static async Task WarmUpAsync(RedisConnection connection, ITagVersions versions)
    {
        await Task.WhenAll(connection.Multiplexer, connection.Bodies);
        await versions.ReadAsync([TagNames.All]);
    }
}
