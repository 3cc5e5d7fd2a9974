namespace UsersApi.Caching.Capture;

/// <summary>The response's body while it is captured.</summary>
/// <param name="bytes">Where it goes.</param>
/// <param name="flushed">What an action writes to by itself: a flush of it sends what there is.</param>
/// <param name="client">The body that it stands in for.</param>
/// <param name="onUnbuffered">Told once the action wants its bytes to be sent at once: it may wait long for the first.</param>
internal sealed class CapturedBody(CapturedBytes bytes, CaptureStream flushed, IHttpResponseBodyFeature client, Action onUnbuffered)
    : StreamResponseBodyFeature(new CaptureStream(bytes, () => bytes.IsStream), client), IHttpResponseBodyFeature
{
    // HttpResponse.WriteAsync flushes its writer each time, and means nothing by it: the writer stays that of the base class.
    Stream IHttpResponseBodyFeature.Stream => flushed;

    public override void DisableBuffering()
    {
        bytes.IsUnbuffered = true;
        onUnbuffered();
        base.DisableBuffering();
    }
}
