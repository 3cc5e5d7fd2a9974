
namespace UsersApi.Tests.Caching.Units;

/// <summary>The rules of RFC 9110 by themselves: codings, preconditions, ranges.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HttpRuleTests
{
    private const string Day = "Thu, 01 Jan 2026 00:00:00 GMT";
    private const string Before = "Wed, 31 Dec 2025 23:59:59 GMT";

    [TestCase(null, ExpectedResult = "identity")]
    [TestCase("", ExpectedResult = "identity")]
    [TestCase("gzip", ExpectedResult = "gzip")]
    [TestCase("GZIP", ExpectedResult = "gzip")]
    [TestCase("br", ExpectedResult = "identity")]
    [TestCase("gzip, br", ExpectedResult = "gzip")]
    [TestCase("br;q=1.0, gzip;q=0.5", ExpectedResult = "gzip")]
    [TestCase("gzip;q=0", ExpectedResult = "identity")]
    [TestCase("gzip;q=0, br", ExpectedResult = "identity")]
    [TestCase("*", ExpectedResult = "gzip")]
    [TestCase("gzip;q=0, *", ExpectedResult = "identity")]
    [TestCase("*;q=0", ExpectedResult = "identity")]
    [TestCase("identity, gzip;q=0.5", ExpectedResult = "identity")]
    [TestCase("identity;q=0.5, gzip", ExpectedResult = "gzip")]
    [TestCase("identity;q=0, gzip;q=0.1", ExpectedResult = "gzip")]
    [TestCase("deflate, zstd", ExpectedResult = "identity")]
    [TestCase("gzip;q=abc", ExpectedResult = "identity")]
    [TestCase("@@", ExpectedResult = "identity")]
    public string Coding_is_the_one_that_the_client_likes_best(string? accept) => ContentCoding.Negotiate(accept);

    [TestCase("application/json; charset=utf-8", ExpectedResult = true)]
    [TestCase("application/problem+json", ExpectedResult = true)]
    [TestCase("text/csv", ExpectedResult = true)]
    [TestCase("image/svg+xml", ExpectedResult = true)]
    [TestCase("image/png", ExpectedResult = false)]
    [TestCase("application/zip", ExpectedResult = false)]
    [TestCase(null, ExpectedResult = false)]
    [TestCase("nonsense", ExpectedResult = false)]
    public bool Type_is_compressible(string? type) => ContentCoding.IsCompressible(type);

    [TestCase("If-None-Match", "\"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "W/\"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "\"b\" , \"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "\"b\",,\"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "\"\u00E9,\", \"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "*", ExpectedResult = 304)]
    [TestCase("If-None-Match", "\"A\"", ExpectedResult = 200)]
    [TestCase("If-None-Match", "a", ExpectedResult = 200)]
    [TestCase("If-None-Match", "", ExpectedResult = 200)]
    [TestCase("If-None-Match", "\"b", ExpectedResult = 200)]
    [TestCase("If-Match", "\"a\"", ExpectedResult = 200)]
    [TestCase("If-Match", "W/\"a\"", ExpectedResult = 412)]
    [TestCase("If-Match", "\"b\"", ExpectedResult = 412)]
    [TestCase("If-Match", "*", ExpectedResult = 200)]
    [TestCase("If-Modified-Since", Day, ExpectedResult = 304)]
    [TestCase("If-Modified-Since", Before, ExpectedResult = 200)]
    [TestCase("If-Modified-Since", "yesterday", ExpectedResult = 200)]
    [TestCase("If-Unmodified-Since", Day, ExpectedResult = 200)]
    [TestCase("If-Unmodified-Since", Before, ExpectedResult = 412)]
    [TestCase("If-Unmodified-Since", "yesterday", ExpectedResult = 200)]
    public int Precondition_is_evaluated(string header, string value) => Preconditions.Evaluate(Request((header, value)).Headers, "\"a\"", Day);

    [TestCase("If-Match", "\"a\"", "If-Unmodified-Since", Before, ExpectedResult = 200)]
    [TestCase("If-Match", "\"b\"", "If-None-Match", "\"a\"", ExpectedResult = 412)]
    [TestCase("If-Match", "\"a\"", "If-None-Match", "\"a\"", ExpectedResult = 304)]
    [TestCase("If-None-Match", "\"b\"", "If-Modified-Since", Day, ExpectedResult = 200)]
    [TestCase("If-Unmodified-Since", Day, "If-Modified-Since", Day, ExpectedResult = 304)]
    public int Preconditions_are_evaluated_in_their_order(string first, string value, string second, string other) =>
        Preconditions.Evaluate(Request((first, value), (second, other)).Headers, "\"a\"", Day);

    [TestCase("W/\"a\"", "If-None-Match", "\"a\"", ExpectedResult = 304)]
    [TestCase("W/\"a\"", "If-Match", "W/\"a\"", ExpectedResult = 412)]
    [TestCase("", "If-None-Match", "\"\"", ExpectedResult = 200)]
    [TestCase("", "If-None-Match", "*", ExpectedResult = 304)]
    [TestCase("", "If-Match", "*", ExpectedResult = 200)]
    [TestCase("", "If-Match", "\"\"", ExpectedResult = 412)]
    public int Weak_or_missing_tag_is_compared(string etag, string header, string value) => Preconditions.Evaluate(Request((header, value)).Headers, etag, null);

    [TestCase("\"a\"", ExpectedResult = true)]
    [TestCase("W/\"a\"", ExpectedResult = false)]
    [TestCase("\"b\"", ExpectedResult = false)]
    [TestCase(Day, ExpectedResult = true)]
    [TestCase(Before, ExpectedResult = false)]
    [TestCase("nonsense", ExpectedResult = false)]
    public bool If_Range_allows_a_range(string value) => Preconditions.AllowRange(Request(("If-Range", value)).Headers, "\"a\"", Day);

    [TestCase("bytes=0-0", ExpectedResult = "bytes 0-0/10")]
    [TestCase("bytes=0-", ExpectedResult = "bytes 0-9/10")]
    [TestCase("bytes=9-", ExpectedResult = "bytes 9-9/10")]
    [TestCase("bytes=3-100", ExpectedResult = "bytes 3-9/10")]
    [TestCase("bytes=-1", ExpectedResult = "bytes 9-9/10")]
    [TestCase("bytes=-100", ExpectedResult = "bytes 0-9/10")]
    [TestCase("bytes=10-", ExpectedResult = "bytes */10")]
    [TestCase("bytes=-0", ExpectedResult = "bytes */10")]
    [TestCase("BYTES=1-2", ExpectedResult = "bytes 1-2/10")]
    [TestCase("bytes=2-1", ExpectedResult = null)]
    [TestCase("bytes=0-1,2-3", ExpectedResult = null)]
    [TestCase("items=0-1", ExpectedResult = null)]
    [TestCase("bytes", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    public string? Range_is_read(string value) => ByteRange.Of(Request(("Range", value)), 10)?.HeaderFor(10);

    [Test]
    public void Range_of_nothing_or_of_HEAD_is_none()
    {
        var head = Request(("Range", "bytes=0-0"));
        head.Method = "HEAD";

        Assert.That((ByteRange.Of(Request(("Range", "bytes=0-0")), 0), ByteRange.Of(head, 10)), Is.EqualTo(((ByteRange?)null, (ByteRange?)null)));
    }

    [Test]
    public void Coding_has_a_tag_of_its_own_and_gives_the_body_back()
    {
        var body = new byte[100_000];
        new Random(1).NextBytes(body);

        Assert.That(ContentCoding.Expand(ContentCoding.Compress(body), body.Length), Is.EqualTo(body));
        Assert.That(ContentCoding.TagOf("\"a\"", ContentCoding.Gzip), Is.EqualTo("\"a-gzip\""));
    }

    private static HttpRequest Request(params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "GET";
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        return request;
    }
}
