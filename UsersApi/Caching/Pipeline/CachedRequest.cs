namespace UsersApi.Caching.Pipeline;

/// <summary>One request to a cached action, as it was when it arrived: the action may change its arguments.</summary>
internal sealed class CachedRequest
{
    private readonly KeyDraft _draft;
    private readonly KeyDimensions _dimensions;
    private readonly IReadOnlyList<string> _parts;

    public CachedRequest(ActionExecutingContext context, CachePolicy policy, KeyDimensions dimensions, RedisCachedOptions options)
    {
        (Http, Policy, Options, _dimensions) = (context.HttpContext, policy, options, dimensions);
        _draft = policy.Key.Draft(context);
        _parts = dimensions.PartsOf(policy, _draft, Http);
        Tags = policy.TagsOf(context, _draft.Path);
    }

    public HttpContext Http { get; }

    public CachePolicy Policy { get; }

    public RedisCachedOptions Options { get; }

    public IReadOnlyList<string> Tags { get; }

    public bool IsHead => HttpMethods.IsHead(Http.Request.Method);

    public bool IsAborted => Http.RequestAborted.IsCancellationRequested;

    /// <summary>The key, with the values of these headers beside those that are always in it.</summary>
    public string KeyOf(IReadOnlyList<string> selecting) => _dimensions.KeyOf(Policy, _draft, _parts, Http.Request, selecting);
}
