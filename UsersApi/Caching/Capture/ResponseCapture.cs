using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCaching;
using Microsoft.AspNetCore.WebUtilities;

namespace UsersApi.Caching.Capture;

/// <summary>Catches what an action and its result write, by standing in for the response's body while they run.</summary>
internal sealed class ResponseCapture
{
    private const string CancellationGetter = $"get_{nameof(IHttpRequestLifetimeFeature.RequestAborted)}";

    private readonly IFeatureCollection _features;
    private readonly SwappedFeatures _swapped;
    private readonly IHttpResponseFeature _response;
    private readonly CapturedBytes _bytes;
    private readonly CapturedBody _body;
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);
    private IHttpResponseBodyFeature _client;
    private IHttpResponseBodyFeature _shown;
    private bool _isUnrepeatable;

    /// <param name="http">The exchange.</param>
    /// <param name="policy">The rules of its action.</param>
    /// <param name="options">How many bytes are taken in, and which reads are none of the cache's business.</param>
    /// <param name="onUnbuffered">Told once bytes shall go to the client by themselves, before there are any.</param>
    /// <param name="beforeStreaming">Told why the first of them goes; false if none shall.</param>
    public ResponseCapture(
        HttpContext http, CachePolicy policy, RedisCachedOptions options, Action onUnbuffered, Func<CacheOutcome, bool> beforeStreaming)
    {
        (_features, Response, Policy, Options) = (http.Features, http.Response, policy, options);
        _swapped = new SwappedFeatures(_features);
        Request = new WatchedRequest(http, policy, options, _swapped);
        _client = _features.GetRequiredFeature<IHttpResponseBodyFeature>();
        // What does not fit into the queue beside another, compressed ones and all, is not stored.
        var cap = (int)Math.Min(options.MaxBodyBytes, options.QueueBytes / 3);
        _bytes = new CapturedBytes(http.Response, () => _client.Stream, cap, beforeStreaming);
        var flushed = new CaptureStream(_bytes, () => !Request.IsReadByFramework || _bytes.IsStream);
        _shown = _body = new CapturedBody(_bytes, flushed, _client, onUnbuffered);
        _response = _features.GetRequiredFeature<IHttpResponseFeature>();
        _swapped.Watch<IHttpResponseFeature>(member => _isUnrepeatable |= member == nameof(IHttpResponseFeature.OnStarting));
        _swapped.Watch<IHttpRequestLifetimeFeature>(member => _isUnrepeatable |= member != CancellationGetter);
        _swapped.Watch<IHttpResetFeature>(_ => _isUnrepeatable = true);
        // What it tells middleware of its answer, a hit would not.
        _swapped.Watch<IResponseCachingFeature>(_ => _isUnrepeatable = true);
        _swapped.Watch<IOutputCacheFeature>(_ => _isUnrepeatable = true);
        _swapped.Watch<IStatusCodePagesFeature>(_ => _isUnrepeatable = true);
        Headers = new HeaderChanges(http.Response.Headers);
        _swapped.Add(Feature = new RedisCachedFeature(http.Response, Request));
    }

    public HttpResponse Response { get; }

    public CachePolicy Policy { get; }

    public RedisCachedOptions Options { get; }

    /// <summary>What the action sees of its request.</summary>
    public WatchedRequest Request { get; }

    public HeaderChanges Headers { get; }

    public RedisCachedFeature Feature { get; }

    /// <summary>
    /// False once the action has put something off until the response starts, cut it short, as MVC does where a file's source gives up, put
    /// another limit on it, let trailers follow it, told middleware what to make of it, or chosen a reason phrase of its own.
    /// </summary>
    public bool IsReplayable => !_isUnrepeatable && _features.Get<IHttpResponseTrailersFeature>() is null or { Trailers.Count: 0 }
        && (string.IsNullOrEmpty(_response.ReasonPhrase)
            || _response.ReasonPhrase == ReasonPhrases.GetReasonPhrase(_response.StatusCode));

    /// <summary>Whether the body goes to the client by itself.</summary>
    public bool IsStreaming => _bytes.IsStreaming;

    public void Begin()
    {
        // Filters may put a stream of their own in place: outer ones around this one, inner ones over it.
        _client = _features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _features.Set(_shown);
        _swapped.Install();
        Headers.Begin();
    }

    /// <summary>Undone between the stages too: what an outer filter writes is none of ours.</summary>
    public void End()
    {
        foreach (var name in _response.HasStarted ? [] : Request.ReadsToVaryBy.Where(_named.Add))
            Feature.Vary(name);

        Headers.End();
        _swapped.Remove();
        _shown = _features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _features.Set(_client);
    }

    /// <summary>Gives the memory back that a response took which was not completed.</summary>
    public void Discard() => _bytes.TakeAll();

    /// <summary>The whole body, once; nothing where it streamed. What was written and never flushed is in it too.</summary>
    public async Task<ReadOnlyMemory<byte>> CompleteAsync()
    {
        await _body.CompleteAsync();
        return _bytes.TakeAll();
    }
}
