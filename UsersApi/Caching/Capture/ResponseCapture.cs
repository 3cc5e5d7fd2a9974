namespace UsersApi.Caching.Capture;

/// <summary>Catches what an action and its result write, by standing in for the response's body while they run.</summary>
internal sealed class ResponseCapture
{
    private readonly IFeatureCollection _features;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _client;
    private readonly CapturedBytes _bytes;
    private readonly CapturedBody _body;
    private readonly HashSet<string> _named = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="http">The exchange.</param>
    /// <param name="request">What the action sees of its request.</param>
    /// <param name="cap">How many bytes are taken in.</param>
    /// <param name="beforeStreaming">Told why bytes go to the client by themselves; false if none shall.</param>
    public ResponseCapture(HttpContext http, WatchedRequest request, int cap, Func<CacheOutcome, bool> beforeStreaming)
    {
        Request = request;
        _features = http.Features;
        _client = _features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _bytes = new CapturedBytes(http.Response, _client.Stream, cap, why => Unhidden(() => beforeStreaming(why)));
        _body = new CapturedBody(_bytes, new CaptureStream(_bytes, () => !request.IsReadByFramework), _client);
        _response = _features.GetRequiredFeature<IHttpResponseFeature>();
        Response = new WatchedResponse(_response);
        Headers = new HeaderChanges(http.Response.Headers);
        Feature = new RedisCachedFeature(http.Response);
    }

    public WatchedRequest Request { get; }

    public WatchedResponse Response { get; }

    public HeaderChanges Headers { get; }

    public RedisCachedFeature Feature { get; }

    /// <summary>Whether the body goes to the client by itself.</summary>
    public bool IsStreaming => _bytes.Streaming is not null;

    /// <param name="isByFramework">Whether a result of the framework runs: what it reads and flushes is not the action's doing.</param>
    public void Begin(bool isByFramework)
    {
        Request.IsReadByFramework = isByFramework;
        _features.Set<IHttpResponseBodyFeature>(_body);
        _features.Set<IHttpResponseFeature>(Response);
        _features.Set(Feature);
        Request.Install();
        Headers.Begin();
    }

    /// <summary>Undone between the stages too: what an outer filter writes is none of ours.</summary>
    public void End()
    {
        if (!_response.HasStarted)
            NameWhatWasRead();

        Headers.End();
        Request.Remove();
        _features.Set<RedisCachedFeature>(null);
        _features.Set(_response);
        _features.Set(_client);
    }

    /// <summary>The whole body. What was written and never flushed is in it too.</summary>
    public async Task<ReadOnlyMemory<byte>> CompleteAsync()
    {
        await _body.CompleteAsync();
        return _bytes.Body;
    }

    private void NameWhatWasRead()
    {
        foreach (var name in Request.Selecting.Where(_named.Add))
            Feature.Vary(name);
    }

    // What goes to the client by itself has to meet the conditions that were hidden from the action.
    private bool Unhidden(Func<bool> decide)
    {
        if (!Request.IsInstalled)
            return decide();

        Request.Remove();
        try
        {
            return decide();
        }
        finally
        {
            Request.Install();
        }
    }
}
