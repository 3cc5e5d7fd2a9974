using System.Text;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hostile;

/// <summary>Bytes that are no proper HTTP, or that two servers in a row could read differently.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Text">The request, in Latin-1.</param>
internal sealed record WireCase(string Name, string Text)
{
    /// <summary>Refused in its own language.</summary>
    public const string Http2 = "the preface of HTTP/2";

    /// <summary>The name of the user whom only <see cref="Smuggled"/> asks for.</summary>
    public const string HiddenName = "Smuggled";

    // Answered only if the server takes what hides in a body for a request.
    private const string Smuggled = "GET /api/v1/users/search?q=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private const string Get = "GET /api/v1/users?limit=1 HTTP/1.1\r\n";
    private static readonly string Post = $"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\n{Token}Content-Type: application/json\r\n";

    /// <summary>The header of one who may do everything: to be refused for want of it would try nothing.</summary>
    public static string Token => $"Authorization: Bearer {TestTokens.Development(Scopes.All)}\r\n";

    /// <summary>What follows on the same connection, and ends it.</summary>
    public const string Marker = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    public static IReadOnlyList<WireCase> All { get; } =
    [
        new("both lengths: Content-Length and chunked", $"{Post}Content-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}"),
        new("both lengths: chunked and a short Content-Length", $"{Post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{Smuggled.Length:x}\r\n{Smuggled}\r\n0\r\n\r\n"),
        new("Content-Length twice, different", $"{Post}Content-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("Content-Length twice, equal", $"{Post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}"),
        new("Content-Length as a list", $"{Post}Content-Length: 0, {Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("Content-Length with a sign", $"{Post}Content-Length: +{Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("Content-Length below zero", $"{Post}Content-Length: -1\r\n\r\n"),
        new("Content-Length beyond 64 bits", $"{Post}Content-Length: 18446744073709551617\r\n\r\nx"),
        new("Content-Length in hexadecimal", $"{Post}Content-Length: 0x10\r\n\r\n{Smuggled}"),
        new("Content-Length with a space before the colon", $"{Post}Content-Length : {Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("GET with a body that is a request", $"{Get}Host: localhost\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("Transfer-Encoding: xchunked", $"{Post}Transfer-Encoding: xchunked\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}"),
        new("Transfer-Encoding: chunked, identity", $"{Post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{Smuggled}"),
        new("Transfer-Encoding twice", $"{Post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{Smuggled}"),
        new("Transfer-Encoding after a vertical tab", $"{Post}Transfer-Encoding:\vchunked\r\nContent-Length: 3\r\n\r\n0\r\n"),
        new("Transfer-Encoding in HTTP/1.0", $"POST /api/v1/users HTTP/1.0\r\nHost: localhost\r\n{Token}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
        new("a chunk longer than a number", $"{Post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n"),
        new("a chunk of negative length", $"{Post}Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n"),
        new("a chunk ended by a bare LF", $"{Post}Transfer-Encoding: chunked\r\n\r\n2\n{{}}\n0\n\n"),
        new("a chunk extension of 8 KB", $"{Post}Transfer-Encoding: chunked\r\n\r\n2;{new string('x', 8_000)}\r\n{{}}\r\n0\r\n\r\n"),
        new("a trailer that names a length", $"{Post}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nContent-Length: 999\r\n\r\n"),
        new("a folded header (obs-fold)", $"{Get}Host: localhost\r\nX-A: 1\r\n Content-Length: 9\r\n\r\n"),
        new("a fold in the first header", $"{Get} Host: localhost\r\n\r\n"),
        new("lines ended by a bare LF", "GET /api/v1/users?limit=1 HTTP/1.1\nHost: localhost\n\n"),
        new("a bare LF inside of a header", $"{Get}Host: localhost\r\nX-A: 1\nContent-Length: 9\r\n\r\n"),
        new("a bare CR inside of a header", $"{Get}Host: localhost\r\nX-A: 1\rContent-Length: 9\r\n\r\n"),
        new("NUL in a header", $"{Get}Host: localhost\r\nX-A: a\0b\r\n\r\n"),
        new("NUL in a header's name", $"{Get}Host: localhost\r\nX\0A: a\r\n\r\n"),
        new("NUL in the target", "GET /api/v1/users\0?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a header without a name", $"{Get}Host: localhost\r\n: x\r\n\r\n"),
        new("a header without a colon", $"{Get}Host: localhost\r\nX-A\r\n\r\n"),
        new("raw UTF-8 and bad bytes in the target", "GET /api/v1/users?limit=1&q=\u00C3\u00A9\u00FF HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a space in the target", "GET /api/v1/users?limit=1 &x=2 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a tab for a space", "GET\t/api/v1/users\tHTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("no Host", $"{Get}\r\n"),
        new("two Hosts", $"{Get}Host: localhost\r\nHost: {Outcomes.ForeignHost}\r\n\r\n"),
        new("an empty Host", $"{Get}Host:\r\n\r\n"),
        new("a Host with a path", $"{Get}Host: {Outcomes.ForeignHost}/x\r\n\r\n"),
        new("a Host with a user", $"{Get}Host: a@{Outcomes.ForeignHost}\r\n\r\n"),
        new("a Host with a port beyond 16 bits", $"{Get}Host: localhost:99999\r\n\r\n"),
        new("a foreign Host, list", $"{Get}Host: {Outcomes.ForeignHost}\r\n\r\n"),
        new("an absolute target with a foreign host", $"GET http://{Outcomes.ForeignHost}/api/v1/users?limit=1 HTTP/1.1\r\nHost: {Outcomes.ForeignHost}\r\n\r\n"),
        new("an absolute target that is not its Host", $"GET http://{Outcomes.ForeignHost}/api/v1/users?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a path that begins with two slashes", $"GET //{Outcomes.ForeignHost}/api/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("dots in the path", "GET /api/v1/../v1/users/./?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("escaped dots and slashes in the path", "GET /api/v1%2Fusers/%2e%2e/users?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a fragment in the target", "GET /api/v1/users?limit=1#x HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("method CONNECT", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("method TRACE", "TRACE /api/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("method OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("method get, in lower case", "get /api/v1/users?limit=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a method with a NUL", "G\0T /api/v1/users HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("a method of 10,000 letters", $"{new string('A', 10_000)} / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("HTTP/0.9", "GET /api/v1/users\r\n\r\n"),
        new("HTTP/9.9", "GET /api/v1/users HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        new(Http2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        new("a TLS greeting", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00FC\u0003\u0003\r\n\r\n"),
        new("a target of 100 KB", $"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("10,000 parameters", $"GET /api/v1/users?{string.Join('&', Enumerable.Repeat("a=1", 10_000))} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        new("10,000 headers", $"{Get}Host: localhost\r\n{string.Concat(Enumerable.Repeat("X-A: 1\r\n", 10_000))}\r\n"),
        new("a header of 100 KB", $"{Get}Host: localhost\r\nX-A: {new string('a', 100_000)}\r\n\r\n"),
        new("a body of 1 MB", $"{Post}Content-Length: 1000000\r\n\r\n{new string(' ', 1_000_000)}"),
        new("a hundred requests at once", string.Concat(Enumerable.Repeat($"{Get}Host: localhost\r\n\r\n", 100))),
    ];

    public byte[] Bytes => Encoding.Latin1.GetBytes(Text + Marker);
}
