using Microsoft.AspNetCore.Routing.Template;

namespace UsersApi.Caching.Policies;

/// <summary>The paths that cached actions may answer: of others, an unsafe request has nothing to evict.</summary>
internal sealed class CachedPaths(CachePolicies policies, EndpointDataSource endpoints)
{
    private (IReadOnlyList<Endpoint> Of, List<TemplateMatcher> Matchers) _known = ([], []);

    /// <param name="path">A decoded path, without the path base.</param>
    public bool Contain(PathString path)
    {
        // A list of its own for each state of the application's routes.
        var all = endpoints.Endpoints;
        if (!ReferenceEquals(_known.Of, all))
            _known = (all, [.. all.OfType<RouteEndpoint>().Where(IsCached).Select(MatcherOf)]);

        return _known.Matchers.Exists(matcher => matcher.TryMatch(path, []));
    }

    private bool IsCached(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action && policies.For(action) is not null;

    private static TemplateMatcher MatcherOf(RouteEndpoint endpoint) =>
        new(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults));
}
