namespace UsersApi.Caching.Capture;

/// <summary>
/// How a cached action speaks of the one answer that it is making: <c>HttpContext.Features.Get&lt;RedisCachedFeature&gt;()</c>.
/// Null where the action is not cached.
/// </summary>
public sealed class RedisCachedFeature
{
    private readonly HttpResponse _response;

    internal RedisCachedFeature(HttpResponse response, WatchedRequest request) => (_response, Request) = (response, request);

    internal WatchedRequest Request { get; }

    internal int MaxSeconds { get; private set; } = int.MaxValue;

    /// <summary>This answer is not stored.</summary>
    public void NoStore() => Shorten(0);

    /// <summary>
    /// This answer stays fresh for so many seconds at most; less than 1 and it is not stored. It never lengthens what the
    /// attribute says.
    /// </summary>
    public void Shorten(int seconds) => MaxSeconds = Math.Min(MaxSeconds, seconds);

    /// <summary>This answer also depends on this request header: it becomes part of <c>Vary</c> and of the key.</summary>
    public void Vary(string header)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(header);
        _response.Headers.Append("Vary", header);
    }
}
