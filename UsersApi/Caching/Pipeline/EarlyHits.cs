namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Serves hits before MVC begins. It remembers what binding made of a request, for those that are equal to it in all that binding
/// reads; what selects a response besides is looked at each time, and so are the versions.
/// </summary>
internal sealed class EarlyHits(CacheServices services)
{
    private const int MostBytes = 32 * 1024 * 1024;
    private const int MostBytesOfOne = 8 * 1024;

    private readonly ClockCache<Target, Remembered> _bound = new(MostBytes);

    /// <summary>Begins to send the response; null where MVC has to go on with this request.</summary>
    public Task? TryServe(HttpContext http, CachePolicy policy)
    {
        if (!services.Switch.IsOn || RedisCachedOwnRequest.Of(http) is not null || !CachedRequest.IsReading(http)
            || policy.Bypass(http) is not null
            || _bound.Find(Target.Of(policy, http)) is not { } known || !known.IsFor(http.Request.RouteValues))
        {
            return null;
        }

        var request = new CachedRequest(http, policy, known.Bound, services);
        if (services.Store.FindKnown(request.Policy, request.KeyOf, known.Bound.Tags) is not { } entry)
            return null;

        services.Lookup.RefreshIfDue(request, entry);
        return services.DeliverAsync(request, new Answer(entry, CacheOutcome.Hit));
    }

    /// <summary>Remembers what a request was bound to, where the action's hits may be early.</summary>
    public void Remember(CachedRequest request)
    {
        if (!request.Policy.HasEarlyHits)
            return;

        var (target, bound) = (Target.Of(request.Policy, request.Http), request.Bound);
        var size = 512 + (2 * (target.Length + bound.Draft.Text.Length + bound.Draft.Path.Length));
        if (size <= MostBytesOfOne)
            _bound.Put(target, new Remembered(bound, [.. request.Http.Request.RouteValues]), size);
    }

    /// <summary>What a request asks for, as it was sent and as routing sees it: middleware may have changed it in between.</summary>
    private readonly record struct Target(
        CachePolicy Policy, string Scheme, string Host, string Base, string Path, string Query, string Raw)
    {
        public int Length => Scheme.Length + Host.Length + Base.Length + Path.Length + Query.Length + Raw.Length;

        public static Target Of(CachePolicy policy, HttpContext http)
        {
            var request = http.Request;
            return new Target(
                policy, request.Scheme, request.Host.Value ?? "", request.PathBase.Value ?? "", request.Path.Value ?? "",
                request.QueryString.Value ?? "", http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        }

        // All that a client can vary by itself: many targets of one path would else stand in one row.
        public override int GetHashCode() => HashCode.Combine(Raw, Host);
    }

    /// <summary>With the route values, which middleware may have set: a tenant from a claim, say.</summary>
    private sealed record Remembered(BoundRequest Bound, KeyValuePair<string, object?>[] RouteValues)
    {
        public bool IsFor(RouteValueDictionary values) => values.Count == RouteValues.Length
            && Array.TrueForAll(RouteValues, value => values.TryGetValue(value.Key, out var now) && Equals(now, value.Value));
    }
}
