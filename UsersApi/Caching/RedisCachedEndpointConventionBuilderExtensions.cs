namespace UsersApi.Caching;

/// <summary>Lets hits leave before MVC begins.</summary>
public static class RedisCachedEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Serves hits of targets that were asked for before without MVC: after routing and the middleware, before the action is invoked.
    /// Nothing else changes: an action of which binding, a validator or a filter might decide otherwise the next time goes through
    /// MVC each time, and the log says why at start.
    /// </summary>
    /// <remarks>
    /// A <see cref="System.ComponentModel.DataAnnotations.ValidationAttribute"/> that is given a value alone is expected to look at
    /// nothing else.
    /// </remarks>
    public static ControllerActionEndpointConventionBuilder WithEarlyHits(this ControllerActionEndpointConventionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Finally(LetHitsLeave);
        return builder;
    }

    private static void LetHitsLeave(EndpointBuilder endpoint)
    {
        var services = endpoint.ApplicationServices;
        // What only dynamic routes find has no route, nor services.
        if (endpoint is not RouteEndpointBuilder { RequestDelegate: { } invoke }
            || endpoint.Metadata.OfType<ControllerActionDescriptor>().LastOrDefault() is not { } action
            || services.GetRequiredService<CachePolicies>().For(action) is not { } policy)
        {
            return;
        }

        var mvc = services.GetRequiredService<IOptions<MvcOptions>>().Value;
        var reason = MvcTypes.Include(invoke.Method.DeclaringType)
            ? EarlyHitRules.ReasonAgainst(policy, mvc, services.GetServices<IFilterProvider>())
            : "a convention has put a delegate of its own around MVC's";
        if (reason is not null)
        {
            CacheLog.NoEarlyHits(services.GetRequiredService<ILogger<EarlyHits>>(), action.DisplayName, reason);
            return;
        }

        policy.HasEarlyHits = true;
        var hits = services.GetRequiredService<EarlyHits>();
        endpoint.RequestDelegate = http => hits.TryServe(http, policy) ?? invoke(http);
    }
}
