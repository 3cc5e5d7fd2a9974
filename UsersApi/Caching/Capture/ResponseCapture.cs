namespace UsersApi.Caching.Capture;

/// <summary>Catches what an action and its result write, by standing in for the response's body while they run.</summary>
internal sealed class ResponseCapture : IDisposable
{
    private readonly IFeatureCollection _features;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _client;
    private readonly CaptureStream _stream;
    private readonly StreamResponseBodyFeature _body;

    public ResponseCapture(HttpContext http, CacheKeyPlan plan, int cap, Func<bool> beforeOverflow)
    {
        _features = http.Features;
        _client = _features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _stream = new CaptureStream(http.Response, _client.Stream, cap, () => Unhidden(beforeOverflow));
        _body = new StreamResponseBodyFeature(_stream, _client);
        _response = _features.GetRequiredFeature<IHttpResponseFeature>();
        Response = new WatchedResponse(_response);
        Request = new WatchedRequest(http, plan);
        Headers = new HeaderChanges(http.Response.Headers);
        Feature = new RedisCachedFeature(http.Response);
    }

    public WatchedRequest Request { get; }

    public WatchedResponse Response { get; }

    public HeaderChanges Headers { get; }

    public RedisCachedFeature Feature { get; }

    /// <summary>Whether the body went past the cap, and to the client.</summary>
    public bool Overflowed => _stream.Overflowed;

    public void Begin()
    {
        _features.Set<IHttpResponseBodyFeature>(_body);
        _features.Set<IHttpResponseFeature>(Response);
        _features.Set(Feature);
        Request.Install();
        Headers.Begin();
    }

    /// <summary>Undone between the stages too: what an outer filter writes is none of ours.</summary>
    public void End()
    {
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
        return _stream.Body;
    }

    public void Dispose() => _stream.Dispose();

    // What goes to the client by itself has to meet the conditions that were hidden from the action.
    private bool Unhidden(Func<bool> decide)
    {
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
