using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsersApi.Caching.Entries;

/// <summary>Writes and reads entries.</summary>
/// <remarks>
/// <code>
/// {"crc":"9a3f01bc","revision":3,"key":"get:/api/v1/users:limit=20&amp;skip=0",...,"length":2911}\n
/// [{"id":...                                                         2,911 bytes, as MVC wrote them, or in gzip ("coding")
/// </code>
/// The CRC-32 covers all that follows it: an entry that was cut, mixed up or written by another program is no entry. It
/// guards against accidents, not against those who may write to Redis.
/// </remarks>
internal static class CacheEntryFormat
{
    /// <summary>
    /// What the keys of entries begin with: another format or another build has others, so that old and new nodes run side by side.
    /// </summary>
    public static string KeyPrefixOf(RedisCachedOptions options) => $"{options.KeyPrefix}v{CacheEntry.FormatRevision}:"
        + ((options.Revision ?? Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId.ToString("N")[..8]) is { Length: > 0 } revision
            ? revision + ":" : "");

    private const int CrcDigits = 8;

    private static readonly EntryJson Json = new(new JsonSerializerOptions(EntryJson.Default.Options)
    {
        // For people's eyes: the line is data, never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static ReadOnlySpan<byte> Start => "{\"crc\":\""u8;

    private static ReadOnlySpan<byte> AfterCrc => "\","u8;

    private static int PrefixLength => Start.Length + CrcDigits;

    public static byte[] Write(CacheEntry entry)
    {
        var body = entry.Body;
        if (entry.Gzip is { } gzip && gzip.Length < body.Length)
            (body, entry) = (gzip, entry with { Coding = ContentCoding.Gzip });

        // The metadata's own opening brace is replaced by the prefix.
        var metadata = JsonSerializer.SerializeToUtf8Bytes(entry, Json.CacheEntry).AsSpan(1);
        byte[] line = [.. Start, .. new byte[CrcDigits], .. AfterCrc, .. metadata, (byte)'\n'];
        // In one piece: an array that grows takes four times what it holds in the end.
        var bytes = new byte[line.Length + body.Length];
        line.CopyTo(bytes, 0);
        body.CopyTo(bytes.AsMemory(line.Length));
        var crc = Crc32.HashToUInt32(bytes.AsSpan(PrefixLength));
        Utf8Formatter.TryFormat(crc, bytes.AsSpan(Start.Length), out _, new StandardFormat('x', CrcDigits));
        return bytes;
    }

    /// <summary>The entry, or null where the bytes are anything but a whole entry of this revision.</summary>
    public static CacheEntry? Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < PrefixLength || !span.StartsWith(Start)
            || !Utf8Parser.TryParse(span.Slice(Start.Length, CrcDigits), out uint crc, out var digits, 'x') || digits != CrcDigits
            || crc != Crc32.HashToUInt32(span[PrefixLength..]) || span.IndexOf((byte)'\n') is not (> 0 and var end))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(span[..end], Json.CacheEntry)
                is { Revision: CacheEntry.FormatRevision, Stamp: not null } entry
                && entry.Headers.All(header => header is not null && !header.Values.Contains(null))
                ? WithBody(entry, bytes[(end + 1)..])
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }

    private static CacheEntry? WithBody(CacheEntry entry, ReadOnlyMemory<byte> body) => entry.Coding switch
    {
        "" when entry.Length == body.Length => entry with { Body = body },
        ContentCoding.Gzip when entry.MayCompress => entry with { Body = ContentCoding.Expand(body, entry.Length), Gzip = body.ToArray() },
        _ => null,
    };
}

/// <summary>Source-generated, so that reading an entry needs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CacheEntry))]
internal sealed partial class EntryJson : JsonSerializerContext;
