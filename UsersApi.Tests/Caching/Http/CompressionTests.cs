using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>A client gets the coding that it asked for and no other, cached or not, each with its own tag.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class CompressionTests
{
    private static readonly (string Name, string Value) Gzip = ("Accept-Encoding", "gzip");
    private static readonly (string Name, string Value) Brotli = ("Accept-Encoding", "br");

    // RFC 9530, and what came before it.
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

    private readonly Table _table = new(typeof(CompressedController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("Each coding is answered from one entry",
            Get("/compressed/text", Gzip).Is("fwd=uri-miss; stored").With("Content-Encoding", "gzip").With("Vary", "Accept-Encoding"), Get("/compressed/text", Brotli).Is("hit; ttl=60").Without("Content-Encoding"),
            Get("/compressed/text").Is("hit; ttl=60").Without("Content-Encoding").With("Content-Length", "5000").With("Vary", "Accept-Encoding"), Get("/compressed/text", Gzip).Is("hit; ttl=60").With("Content-Encoding", "gzip").Runs(1)),
        new Row("A tag of one coding is no tag of another",
            Get("/compressed/text"), Get("/compressed/text", Gzip, ("If-None-Match", "{etag}")).Gives(200), Get("/compressed/text", Gzip, ("If-None-Match", "{etag}")).Gives(304).With("Vary", "Accept-Encoding").Without("Content-Encoding"),
            Get("/compressed/text", ("If-None-Match", "{etag}")).Gives(200).Without("Content-Encoding")),
        new Row("HEAD says what GET says of a coding", Get("/compressed/text", Gzip), Head("/compressed/text", Gzip).Is("hit; ttl=60").With("Content-Encoding", "gzip")),
        new Row("A range is one of the identity coding", Get("/compressed/text", Gzip), Get("/compressed/text", Gzip, ("Range", "bytes=0-3")).Gives(206).Says("xxxx").Without("Content-Encoding").With("Content-Range", "bytes 0-3/5000")),
        new Row("A range of a tag of another coding is refused", Get("/compressed/text", Gzip), Get("/compressed/text", Gzip, ("Range", "bytes=0-3"), ("If-Range", "{etag}")).Gives(200).With("Content-Encoding", "gzip")),
        new Row("Small bodies are not compressed", Get("/compressed/text?length=100", Gzip).Without("Content-Encoding").Without("Vary"), Get("/compressed/text?length=100", Gzip).Is("hit; ttl=60").Without("Content-Encoding")),
        new Row("Pictures are not compressed", Get("/compressed/picture", Gzip).Without("Content-Encoding"), Get("/compressed/picture", Gzip).Is("hit; ttl=60").Without("Content-Encoding").Without("Vary")),
        new Row("No transformation where the action forbids it", Get("/compressed/fixed", Gzip).Without("Content-Encoding"), Get("/compressed/fixed", Gzip).Is("hit; ttl=60").Without("Content-Encoding")),
        new Row("A coding of the action's own is left as it is", Get("/compressed/own", Brotli).With("Content-Encoding", "x-own"), Get("/compressed/own").Is("hit; ttl=60").With("Content-Encoding", "x-own")),
        new Row("A tag of the action's own is one representation", Get("/compressed/tagged", Gzip).Without("Content-Encoding").With("ETag", "\"own\""), Get("/compressed/tagged", Gzip).Is("hit; ttl=60").Without("Content-Encoding").With("ETag", "\"own\"")),
        new Row("A digest of the action's own is one of the bytes that leave", [.. Digests.SelectMany(name => new[]
        {
            Get($"/compressed/digest/{name}", Gzip).Without("Content-Encoding").With(name, "own"), Get($"/compressed/digest/{name}", Gzip).Is("hit; ttl=60").Without("Content-Encoding").With(name, "own"),
        })]),
        new Row("A range has no digest of the whole's content", Get("/compressed/digest/Content-Digest"), Get("/compressed/digest/Content-Digest", ("Range", "bytes=0-3")).Gives(206).Without("Content-Digest"),
            Get("/compressed/digest/Content-MD5"), Get("/compressed/digest/Content-MD5", ("Range", "bytes=0-3")).Gives(206).Without("Content-MD5"),
            Get("/compressed/digest/Content-Digest", ("Range", "bytes=9999-")).Gives(416).Without("Content-Digest"), Get("/compressed/digest/Repr-Digest"), Get("/compressed/digest/Repr-Digest", ("Range", "bytes=0-3")).Gives(206).With("Repr-Digest", "own")) { IsLikePlain = false },
        new Row("Compression can be turned off", Get("/compressed/text", Gzip).Without("Content-Encoding").Without("Vary"), Get("/compressed/text", Gzip).Is("hit; ttl=60").Without("Content-Encoding")) { Settings = new() { ["CompressFromBytes"] = "2000000000" } },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    [ApiController, Route("compressed"), RedisCached(Seconds = 60), Produces("text/plain")]
    public sealed class CompressedController : ControllerBase
    {
        [HttpGet("text")]
        public IActionResult GetText(int length = 5_000) => Content(new string('x', length), "text/plain");

        [HttpGet("picture")]
        public IActionResult GetPicture() => File(new byte[5_000], "image/png");

        [HttpGet("fixed")]
        public IActionResult GetFixed()
        {
            Response.Headers.CacheControl = "public, no-transform";
            return GetText();
        }

        [HttpGet("own")]
        public IActionResult GetOwn()
        {
            Response.Headers.ContentEncoding = "x-own";
            return GetText();
        }

        [HttpGet("digest/{name}")]
        public IActionResult GetDigest(string name)
        {
            Response.Headers[name] = "own";
            return GetText();
        }

        [HttpGet("tagged")]
        public IActionResult GetTagged()
        {
            Response.Headers.ETag = "\"own\"";
            return GetText();
        }
    }
}
