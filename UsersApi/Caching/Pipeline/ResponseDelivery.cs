using Microsoft.AspNetCore.Localization;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Sends an entry to a client. The one who filled the cache, those who are served from it and those who come while it is
/// switched off all get their bytes from here, so that no difference can arise.
/// </summary>
internal sealed class ResponseDelivery(CachedRequest request, DateTimeOffset now)
{
    private const int ChunkBytes = 64 * 1024;

    private readonly CachePolicy _policy = request.Policy;
    private readonly HttpResponse _response = request.Http.Response;
    private readonly IRequestCultureFeature? _culture = request.Http.Features.Get<IRequestCultureFeature>();

    // Where an endpoint's convention, a fallback policy or a filter asks for a user, the action itself does not say so.
    private readonly bool _isPrivate =
        request.Policy.IsPrivate || request.Http.User.Identities.Any(identity => identity.IsAuthenticated);

    // What middleware or an outer filter has put in the place of Response.Body takes whole, plain bodies, and may make another of them.
    private readonly bool _isSwapped = request.Http.Features.Get<IHttpResponseBodyFeature>() is StreamResponseBodyFeature;

    /// <summary>Sends an entry that was stored, or could have been.</summary>
    public async Task SendAsync(CacheEntry entry, bool isHit)
    {
        _response.StatusCode = entry.Status;
        foreach (var header in entry.Headers)
        {
            var set = _response.Headers[header.Name];
            _response.Headers[header.Name] = header.IsAdded ? new([.. set, .. header.Values])
                // The caches nearer to the origin come first (RFC 9211, section 2).
                : header.Name == CacheStatus.HeaderName ? new([.. header.Values, .. set])
                : new(header.Values);
        }

        var age = entry.Age + Math.Max(0, (now.ToUnixTimeMilliseconds() - entry.Stored) / 1_000);
        if (isHit || entry.Age > 0)
            _response.Headers.Age = age.ToString(CultureInfo.InvariantCulture);

        // The action's own word comes first.
        if (request.Bound.Groups is { } groups)
            _response.Headers.TryAdd("Cache-Groups", groups);

        SetVary(entry.MayCompress);
        SetCacheControl(entry, age);
        await (entry.Status == StatusCodes.Status200OK ? SendRepresentationAsync(entry) : WriteAsync(entry.Body));
    }

    /// <summary>Sends what may not be stored, as the action made it, but for the preconditions that were hidden from it.</summary>
    public async Task SendAsIsAsync(ReadOnlyMemory<byte> body)
    {
        if (PrepareAsIs())
            await WriteAsync(body, _response.ContentLength);
    }

    /// <summary>Whether a body follows.</summary>
    public bool PrepareAsIs()
    {
        SetVary(mayCompress: false);
        var status = _response.StatusCode == StatusCodes.Status200OK
            ? Preconditions.Evaluate(request.Headers, _response.Headers.ETag.ToString(), _response.Headers.LastModified)
            : _response.StatusCode;
        if (status == _response.StatusCode)
            return true;

        SendNoBody(status);
        return false;
    }

    private async Task SendRepresentationAsync(CacheEntry entry)
    {
        var lastModified = _response.Headers.LastModified;
        var range = _isSwapped ? null : ByteRange.Of(request.Http.Request, entry.Length);
        var isPlain = _isSwapped || !entry.MayCompress;
        var coding = isPlain || (range is not null && Preconditions.AllowRange(request.Headers, entry.ETag, lastModified))
            ? ContentCoding.Identity
            : ContentCoding.Negotiate(request.Headers.AcceptEncoding);
        var etag = entry.OwnsETag ? ContentCoding.TagOf(entry.ETag, coding) : entry.ETag;
        if (etag.Length > 0)
            _response.Headers.ETag = etag;

        if (Preconditions.Evaluate(request.Headers, etag, lastModified) is not StatusCodes.Status200OK and var status)
        {
            SendNoBody(status);
        }
        else if (range is { } asked && coding == ContentCoding.Identity && Preconditions.AllowRange(request.Headers, etag, lastModified))
        {
            await SendRangeAsync(entry, asked);
        }
        else if (coding != ContentCoding.Identity)
        {
            _response.Headers.ContentEncoding = coding;
            await WriteAsync(entry.Compressed());
        }
        else
        {
            await WriteAsync(entry.Body);
        }
    }

    private async Task SendRangeAsync(CacheEntry entry, ByteRange range)
    {
        if (range.Length == 0)
        {
            SendNoBody(StatusCodes.Status416RangeNotSatisfiable);
            _response.Headers.ContentRange = range.HeaderFor(entry.Length);
            return;
        }

        _response.StatusCode = StatusCodes.Status206PartialContent;
        _response.Headers.ContentRange = range.HeaderFor(entry.Length);
        // Unlike those of the representation, they are of the bytes that are sent (RFC 9530, section 2; RFC 1864).
        _response.Headers.ContentMD5 = _response.Headers["Content-Digest"] = default;
        await WriteAsync(entry.Body.Slice(range.Start, range.Length));
    }

    /// <summary>What describes a body stays away where none is sent (RFC 9110, section 15.4.5).</summary>
    private void SendNoBody(int status)
    {
        _response.StatusCode = status;
        var headers = _response.Headers;
        // What one client's conditions brought about is for nobody else.
        if (status is not StatusCodes.Status304NotModified)
            headers.CacheControl = "no-store";

        headers.ContentType = headers.ContentEncoding = headers.ContentLanguage = headers.ContentDisposition = default;
        headers.ContentMD5 = headers["Content-Digest"] = headers.ContentRange = default;
        headers.ContentLength = null;
    }

    private void SetVary(bool mayCompress)
    {
        var isLocalized = _culture is not null;
        if (_policy.VaryOfResponse.Length == 0 && !isLocalized && _response.Headers.Vary.Count == 0)
        {
            // As nearly always.
            _response.Headers.Vary = mayCompress ? HeaderNames.AcceptEncoding : default;
            return;
        }

        IEnumerable<string> added =
        [
            .. _policy.VaryOfResponse,
            .. isLocalized ? [HeaderNames.AcceptLanguage] : Array.Empty<string>(),
            .. mayCompress ? [HeaderNames.AcceptEncoding] : Array.Empty<string>(),
        ];
        var named = _response.Headers.GetCommaSeparatedValues(HeaderNames.Vary);
        var missing = string.Join(", ", added.Except(named, StringComparer.OrdinalIgnoreCase));
        if (missing.Length > 0)
            _response.Headers.Append(HeaderNames.Vary, missing);
    }

    private void SetCacheControl(CacheEntry entry, long age)
    {
        if (_response.Headers.CacheControl.Count > 0 || _response.Headers.Expires.Count > 0)
        {
            // The action's own word, or a middleware's.
            return;
        }

        var left = Math.Max(0, (entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000);
        // Where a cookie, or nothing, has chosen the culture, no header tells a client when its copy is in another one. As for a tenant.
        var isKnowable = !request.IsSelectedUnseen && _culture is null or { Provider: AcceptLanguageHeaderRequestCultureProvider };
        var (client, shared) = (_policy.Settings.ClientSeconds, _isPrivate ? 0 : _policy.Settings.SharedSeconds);
        // no-cache would hold for shared caches too.
        var rule = !isKnowable || client + shared == 0 ? "no-cache"
            : client == 0 ? "max-age=0, must-revalidate"
            : string.Create(CultureInfo.InvariantCulture, $"max-age={age + Math.Min(client, left)}");
        if (isKnowable && shared > 0)
            rule += string.Create(CultureInfo.InvariantCulture, $", s-maxage={age + Math.Min(shared, left)}");

        _response.Headers.CacheControl = _isPrivate ? "private, " + rule : rule;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> body, long? length = null)
    {
        var hasContent = _response.StatusCode
            is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or StatusCodes.Status205ResetContent);
        // An error without a body is left for middleware to describe, as it would be without the cache.
        hasContent &= !(body.IsEmpty && length is null or 0 && _response.StatusCode >= StatusCodes.Status400BadRequest);
        if (hasContent && !_isSwapped)
            _response.ContentLength = length ?? body.Length;

        if (!hasContent || request.IsHead)
            return;

        // One write of megabytes would be copied whole into the server's buffers before the first byte leaves.
        for (; body.Length > ChunkBytes; body = body[ChunkBytes..])
            await _response.Body.WriteAsync(body[..ChunkBytes]);

        await _response.Body.WriteAsync(body);
    }
}
