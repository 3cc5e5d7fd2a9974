using Microsoft.Net.Http.Headers;

namespace UsersApi.Caching;

/// <summary>What a request's own <c>Cache-Control</c> asks for (RFC 9111, section 5.2.1), where the options let it.</summary>
internal sealed class RequestDirectives
{
    private static readonly RequestDirectives None = new(new CacheControlHeaderValue());

    private readonly CacheControlHeaderValue _control;

    private RequestDirectives(CacheControlHeaderValue control) => _control = control;

    public bool NoStore => _control.NoStore;

    public bool OnlyIfCached => _control.OnlyIfCached;

    /// <summary>Whether no stored response will do.</summary>
    public bool NoCache => _control.NoCache || _control.NoStore;

    public static RequestDirectives Of(HttpRequest request, RedisCachedOptions options)
    {
        if (!options.HonorRequestCacheControl)
            return None;

        // Without Cache-Control, Pragma speaks for it (section 5.4).
        var text = request.Headers.CacheControl.Count > 0 ? request.Headers.CacheControl.ToString() : request.Headers.Pragma.ToString();
        return CacheControlHeaderValue.TryParse(text, out var control) ? new RequestDirectives(control) : None;
    }

    /// <summary>Whether a stored response is young, and stays fresh, enough.</summary>
    public bool Accepts(CacheEntry entry, long nowMs) =>
        !(_control.MaxAge is { } age && nowMs - entry.Stored > age.TotalMilliseconds)
        && !(_control.MinFresh is { } fresh && entry.FreshUntil - nowMs < fresh.TotalMilliseconds);
}
