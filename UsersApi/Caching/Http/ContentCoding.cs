using System.Buffers.Binary;
using System.IO.Compression;

namespace UsersApi.Caching.Http;

/// <summary>The content codings in which a stored body may leave (RFC 9110, sections 8.4 and 12.5.3).</summary>
internal static class ContentCoding
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";

    // A body is compressed once, and sent often. Level 1 knows no codes but zlib's fixed ones: it saves a third of
    // the time, and what it makes is a third larger.
    private static readonly ZLibCompressionOptions GzipLevel = new() { CompressionLevel = 2 };

    /// <summary>
    /// Gzip where the client takes it at least as gladly as the plain body. Only gzip, which every client knows: one more coding would be
    /// one more body to make and to keep.
    /// </summary>
    public static string Negotiate(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted))
            return Identity;

        var gzip = QualityOf(Gzip, accepted) ?? QualityOf("*", accepted) ?? 0;
        // A client that does not name the plain body takes it only for want of others.
        return gzip > 0 && gzip >= (QualityOf(Identity, accepted) ?? 0) ? Gzip : Identity;
    }

    /// <summary>The entity tag of a coding: each has its own (RFC 9110, section 8.8.3.3).</summary>
    public static string TagOf(string etag, string coding) => coding == Identity ? etag : $"{etag.AsSpan(0, etag.Length - 1)}-{coding}\"";

    /// <summary>One level for all: two nodes send the same bytes under the same strong tag.</summary>
    public static byte[] Compress(ReadOnlyMemory<byte> body)
    {
        var compressed = new BodyBuffer();
        using (var stream = new GZipStream(compressed.Writer.AsStream(leaveOpen: true), GzipLevel))
            stream.Write(body.Span);

        return compressed.TakeAll();
    }

    /// <summary>What was compressed with gzip.</summary>
    /// <exception cref="InvalidDataException">It is no gzip, or not of that length.</exception>
    public static byte[] Expand(ReadOnlyMemory<byte> compressed, int length)
    {
        // The length stands in the last four bytes (RFC 1952, section 2.3.1): looked at before any memory is taken.
        if (length < 0 || compressed.Length < 18 || BinaryPrimitives.ReadInt32LittleEndian(compressed.Span[^4..]) != length)
            throw new InvalidDataException();

        var body = new byte[length];
        using var stream = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        stream.ReadExactly(body);
        return stream.ReadByte() < 0 ? body : throw new InvalidDataException();
    }

    /// <summary>Whether a body of this type gets smaller at all.</summary>
    public static bool IsCompressible(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            return false;

        var (kind, suffix, name) = (type.Type, type.Suffix, type.SubType);
        return Is(kind, "text") || Is(suffix, "json") || Is(suffix, "xml") || Is(name, "json") || Is(name, "xml") || Is(name, "javascript")
            || Is(name, "wasm") || Is(name, "x-ndjson");
    }

    private static double? QualityOf(string coding, IList<StringWithQualityHeaderValue> accepted) =>
        accepted.FirstOrDefault(value => Is(value.Value, coding)) is { } named ? named.Quality ?? 1 : null;

    private static bool Is(StringSegment value, string expected) => value.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
