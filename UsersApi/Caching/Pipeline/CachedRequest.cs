using Microsoft.AspNetCore.Http.Timeouts;

namespace UsersApi.Caching.Pipeline;

/// <summary>One request to a cached action, as it was when it arrived: the action may change its arguments.</summary>
internal sealed class CachedRequest(HttpContext http, CachePolicy policy, BoundRequest bound, CacheServices services)
{
    private readonly RedisCachedOwnRequest? _mark = RedisCachedOwnRequest.Of(http);
    private readonly IReadOnlyList<string> _parts = services.Dimensions.PartsOf(policy, bound.Draft, http);

    public HttpContext Http => http;

    /// <summary>
    /// Whether something has selected the response of which <c>Vary</c> can't tell: asked only where somebody may keep a copy unasked.
    /// </summary>
    public bool IsSelectedUnseen { get; } = policy.Settings.ClientSeconds + policy.Settings.SharedSeconds > 0
        && services.Dimensions.SelectUnseen(policy, bound.Draft, http);

    /// <summary>Its headers, also while some are hidden from its action.</summary>
    public IHeaderDictionary Headers { get; } = http.Request.Headers;

    public CachePolicy Policy => policy;

    public BoundRequest Bound => bound;

    /// <summary>Whether the cache was on when the request arrived.</summary>
    public bool IsCacheOn { get; } = services.Switch.IsOn;

    /// <summary>The mark of a request that the cache sends by itself, to renew a response; null for others.</summary>
    public RevalidationRequest? Revalidation => _mark as RevalidationRequest;

    /// <summary>The mark of one that is sent to learn; null for others.</summary>
    public CacheProbe? Probe => _mark as CacheProbe;

    /// <summary>The timestamp from which on it has waited for others; null where it has not.</summary>
    public long? WaitsSince { get; set; }

    public bool IsHead => HttpMethods.IsHead(http.Request.Method);

    public bool IsAborted => http.RequestAborted.IsCancellationRequested;

    /// <summary>Whether it is the host's limit that has cancelled it: the client is still there, and waits for an answer.</summary>
    public bool IsTimedOut => http.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true };

    /// <summary>
    /// Whether a request may be answered from the cache at all, by its method, and since nothing was sent yet. An error page that is
    /// shown in the place of another request's answer has the status of that one, and may tell its error.
    /// </summary>
    public static bool IsReading(HttpContext http) => (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        && http.Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK };

    /// <summary>The key, with the values of these headers beside those that are always in it.</summary>
    public string KeyOf(IReadOnlyList<string> selecting) => services.Dimensions.KeyOf(policy, bound.Draft, _parts, http.Request, selecting);
}
