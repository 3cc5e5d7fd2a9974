using Microsoft.AspNetCore.Mvc.Controllers;

namespace UsersApi.Caching;

/// <summary>Lets hits leave before MVC begins.</summary>
public static class EarlyHitsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Serves hits of targets that were seen before without MVC: after routing and the authorization middleware, before the
    /// action is invoked. An action with an authorization filter, or where MVC could decide otherwise the next time, goes the
    /// whole way, which the log says at start.
    /// </summary>
    public static ControllerActionEndpointConventionBuilder WithEarlyHits(this ControllerActionEndpointConventionBuilder builder)
    {
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } invoke || endpoint.Metadata.OfType<ControllerActionDescriptor>().LastOrDefault() is not { } action
                || endpoint.ApplicationServices.GetRequiredService<CachePolicies>().For(action) is not { } policy)
            {
                return;
            }

            var reason = policy.SlowBecause ?? (EarlyHitRules.HasAuthorizationFilter(action) ? "of an authorization filter" : null);
            if (reason is not null)
            {
                CacheLog.NoEarlyHits(endpoint.ApplicationServices.GetRequiredService<ILogger<EarlyHits>>(), action.DisplayName, reason);
                return;
            }

            var hits = endpoint.ApplicationServices.GetRequiredService<EarlyHits>();
            endpoint.RequestDelegate = async http =>
            {
                if (!await hits.TryServeAsync(http, policy))
                    await invoke(http);
            };
        });
        return builder;
    }
}
