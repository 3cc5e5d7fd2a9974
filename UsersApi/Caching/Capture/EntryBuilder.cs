namespace UsersApi.Caching.Capture;

/// <summary>Makes an entry of a response that was captured.</summary>
internal static class EntryBuilder
{
    // What belongs to one connection, or is worked out anew for every client (RFC 9110, section 7.6.1; RFC 9111, section 3.1).
    private static readonly HashSet<string> NotStored = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Age, HeaderNames.Connection, HeaderNames.ContentLength, HeaderNames.KeepAlive,
        HeaderNames.ProxyAuthenticate, HeaderNames.ProxyConnection,
        HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
    };

    // Of one representation, in one coding (RFC 9530, RFC 3230, RFC 1864).
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Digest", HeaderNames.ContentMD5];

    /// <summary>The entry. Of its life it loses some at random, so that those stored together do not die together.</summary>
    public static CacheEntry Build(
        ResponseCapture capture, ReadOnlyMemory<byte> body, string key, Stamp? stamp, Freshness freshness, DateTimeOffset now)
    {
        var (response, headers, options) = (capture.Response, capture.Response.Headers, capture.Options);
        var ownsETag = headers.ETag.Count == 0 && response.StatusCode == StatusCodes.Status200OK;
        var connection = headers.GetCommaSeparatedValues(HeaderNames.Connection);
        var (stored, life) = (now.ToUnixTimeMilliseconds(), freshness.Seconds * 1_000L);
        return new CacheEntry
        {
            Key = key,
            Action = capture.Policy.ActionId,
            Stamp = stamp,
            Stored = stored,
            Age = freshness.Age,
            FreshUntil = stored + life - (life * options.JitterPercent * RandomNumberGenerator.GetInt32(1_001) / 100_000),
            StaleSeconds = freshness.StaleSeconds,
            StaleIfErrorSeconds = freshness.StaleIfErrorSeconds,
            Status = response.StatusCode,
            ETag = ownsETag ? TagOf(headers.ContentType, body) : headers.ETag.ToString(),
            OwnsETag = ownsETag,
            MayCompress = ownsETag && MayCompress(headers, body.Length, options.CompressFromBytes),
            Headers = [.. capture.Headers.Set.Where(
                header => !NotStored.Contains(header.Name) && !connection.Contains(header.Name, StringComparer.OrdinalIgnoreCase))],
            Length = body.Length,
            Body = body,
        };
    }

    /// <summary>What stands under the key of a resource in the place of its responses: the headers that select between them.</summary>
    public static CacheEntry VaryMarker(CacheEntry response, string key, IReadOnlyList<string> selecting) => response with
    {
        Key = key,
        Claim = null,
        Gzip = null,
        Selecting = selecting,
        Headers = [],
        ETag = "",
        OwnsETag = false,
        MayCompress = false,
        Length = 0,
        Body = default,
    };

    /// <summary>
    /// A tag from the content: the same on every node, and after a restart. The type belongs to it, since a few bytes can be
    /// a text or a JSON string.
    /// </summary>
    private static string TagOf(string? contentType, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(contentType + "\n"));
        hash.AppendData(body.Span);
        return $"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}\"";
    }

    /// <summary>
    /// An answer with a tag, a coding or a digest of its own, or a word against it (<c>no-transform</c>), is sent as it is.
    /// </summary>
    private static bool MayCompress(IHeaderDictionary headers, int length, int? compressFromBytes) =>
        length >= compressFromBytes && headers.ContentEncoding.Count == 0 && ContentCoding.IsCompressible(headers.ContentType)
        && !Array.Exists(Digests, headers.ContainsKey)
        && !headers.CacheControl.ToString().Contains("no-transform", StringComparison.OrdinalIgnoreCase);
}
