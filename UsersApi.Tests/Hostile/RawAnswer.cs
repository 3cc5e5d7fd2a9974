using System.Globalization;
using System.Text;

namespace UsersApi.Tests.Hostile;

/// <summary>One response as it stood on the wire.</summary>
/// <param name="Status">The code; 0 where what came is no response.</param>
/// <param name="Head">The status line and the headers, in Latin-1.</param>
/// <param name="Body">The body, without chunks.</param>
internal sealed record RawAnswer(int Status, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    /// <summary>Takes apart all that a server sent on one connection.</summary>
    public static IReadOnlyList<RawAnswer> ParseAll(ReadOnlySpan<byte> bytes)
    {
        var answers = new List<RawAnswer>();
        while (!bytes.IsEmpty)
        {
            var (answer, length) = Parse(bytes);
            answers.Add(answer);
            bytes = bytes[length..];
        }

        return answers;
    }

    private static (RawAnswer Answer, int Length) Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !bytes.StartsWith("HTTP/1.1 "u8))
        {
            return (new RawAnswer(0, Encoding.Latin1.GetString(bytes), []), bytes.Length);
        }

        var answer = new RawAnswer(int.Parse(bytes[9..12], NumberStyles.None, CultureInfo.InvariantCulture), Encoding.Latin1.GetString(bytes[..end]), []);
        var rest = bytes[(end + 4)..];
        if (answer.Header("Transfer-Encoding") is "chunked")
        {
            var (body, length) = Unchunk(rest);
            return (answer with { Body = body }, end + 4 + length);
        }

        // Without a length, it goes on until the connection ends.
        var has = answer.Status is 204 or 304 ? 0
            : answer.Header("Content-Length") is { } text ? int.Parse(text, CultureInfo.InvariantCulture)
            : rest.Length;
        return (answer with { Body = rest[..has].ToArray() }, end + 4 + has);
    }

    private static (byte[] Body, int Length) Unchunk(ReadOnlySpan<byte> bytes)
    {
        var body = new List<byte>();
        var at = 0;
        while (bytes[at..].IndexOf("\r\n"u8) is > 0 and var line)
        {
            var length = int.Parse(bytes.Slice(at, line), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.AddRange(bytes.Slice(at + line + 2, length));
            at += line + 2 + length + 2;
            if (length == 0)
            {
                break;
            }
        }

        return ([.. body], at);
    }
}
