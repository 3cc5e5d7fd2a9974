using Microsoft.AspNetCore.Routing.Template;

namespace UsersApi.Caching.Policies;

/// <summary>The paths that cached actions may answer: of others, an unsafe request has nothing to evict.</summary>
internal sealed class CachedPaths(CachePolicies policies, EndpointDataSource endpoints)
{
    private volatile Matchers _known = new([], []);

    /// <param name="path">A decoded path, without the path base.</param>
    public bool Contain(PathString path)
    {
        // Made anew whenever the application's routes change.
        var known = _known;
        var all = endpoints.Endpoints;
        if (!ReferenceEquals(known.Of, all))
        {
            // Of a dynamic endpoint only a request tells to which action it leads: one without a route of its own.
            var cached = all.OfType<RouteEndpoint>().Where(endpoint => policies.For(endpoint) is not null
                || (policies.HaveConventional && endpoint.Metadata.GetMetadata<IDynamicEndpointMetadata>() is { IsDynamic: true }));
            _known = known = new Matchers(all, [.. cached.Select(MatcherOf)]);
        }

        // Routes of another kind than endpoints' tell nothing: any path may be one of theirs.
        return known.Cached.Count == 0 || known.Cached.Exists(matcher => matcher.TryMatch(path, []));
    }

    private static TemplateMatcher MatcherOf(RouteEndpoint endpoint) =>
        new(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults));

    private sealed record Matchers(IReadOnlyList<Endpoint> Of, List<TemplateMatcher> Cached);
}
