namespace UsersApi.Caching.Capture;

/// <summary>The response's body while it is captured.</summary>
internal sealed class CapturedBody(CapturedBytes bytes, Func<bool> streamsAtFlush, IHttpResponseBodyFeature client)
    : StreamResponseBodyFeature(new CaptureStream(bytes, () => false), client), IHttpResponseBodyFeature
{
    private readonly CaptureStream _flushed = new(bytes, streamsAtFlush);

    // HttpResponse.WriteAsync flushes its writer each time, and means nothing by it: the writer stays that of the base class.
    Stream IHttpResponseBodyFeature.Stream => _flushed;

    public override void DisableBuffering()
    {
        bytes.IsUnbuffered = true;
        base.DisableBuffering();
    }
}
