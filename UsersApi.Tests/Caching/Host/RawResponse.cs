using System.Globalization;
using System.Text;

namespace UsersApi.Tests.Caching.Host;

/// <summary>A response as it stood on the wire: nothing normalised, names letter for letter.</summary>
internal sealed record RawResponse(string StatusLine, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, bool IsWhole)
{
    public int Status => int.Parse(StatusLine.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>What the cache says of this response, without its name.</summary>
    public string Outcome => string.Join(" | ", Values("Cache-Status").Select(value => value.Replace("RedisCached; ", "", StringComparison.Ordinal)));

    public IEnumerable<string> Values(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>The values of a header as one; empty where there is none.</summary>
    public string this[string name] => string.Join(", ", Values(name));

    /// <summary>Reads what a server sent until it closed the connection.</summary>
    public static RawResponse Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return new RawResponse("HTTP/1.1 000 nothing", [], bytes, IsWhole: false);
        }

        var lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        (string Name, string Value)[] headers = [.. lines.Skip(1).Select(line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()))];
        var rest = bytes.AsSpan(end + 4);
        var response = new RawResponse(lines[0], headers, rest.ToArray(), IsWhole: true);
        if (response["Transfer-Encoding"] == "chunked")
        {
            var (body, isWhole) = Unchunked(rest);
            return response with { Body = body, IsWhole = isWhole };
        }

        return response["Content-Length"] is { Length: > 0 } length
            ? response with { IsWhole = rest.Length == int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture) }
            : response;
    }

    private static (byte[] Body, bool IsWhole) Unchunked(ReadOnlySpan<byte> bytes)
    {
        var body = new List<byte>();
        while (bytes.IndexOf("\r\n"u8) is > 0 and var line)
        {
            var length = int.Parse(Encoding.ASCII.GetString(bytes[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return ([.. body], true);
            }

            if (bytes.Length < line + 2 + length)
            {
                break;
            }

            body.AddRange(bytes.Slice(line + 2, length));
            bytes = bytes[(line + 2 + length + 2)..];
        }

        return ([.. body], false);
    }
}
