using System.Text;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Conditional requests, ranges and HEAD (RFC 9110, sections 9.3.2, 13 and 14).</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class ConditionTests
{
    private const string Day = "Thu, 01 Jan 2026 00:00:00 GMT";
    private const string DayBefore = "Wed, 31 Dec 2025 00:00:00 GMT";

    private readonly Table _table = new(typeof(ConditionsController), typeof(SplitController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("A matching If-None-Match is answered 304 on a miss and on a hit",
            Get("/conditions/text?value=a"), Get("/conditions/text?value=b", ("If-None-Match", "{etag}")).Gives(200),
            Get("/conditions/text?value=b", ("If-None-Match", "{etag}")).Gives(304).Is("hit; ttl=60").Says("").Without("Content-Type").Without("Content-Length").With("Cache-Control", "no-cache"),
            Get("/conditions/own?value=1", ("If-None-Match", "\"1\"")).Gives(304).Is("fwd=uri-miss; stored").With("ETag", "\"1\""),
            Get("/conditions/own?value=1").Says("1").Is("hit; ttl=60")),
        None("a list", "\"x\", {etag}", 304), None("a list with a comma in a tag", "\"x,y\", {etag}", 304), None("a weak tag", "W/{etag}", 304), None("a star", "*", 304),
        None("a tag that is not ASCII before", "\"\u00C3\u00A9\", {etag}", 304), None("another tag", "\"x\"", 200), None("a tag without quotes", "x", 200), None("an unclosed tag", "\"x", 200),
        new Row("If-None-Match on two lines is one list", Get("/conditions/text"), Get("/conditions/text", ("If-None-Match", "\"x\""), ("If-None-Match", "{etag}")).Gives(304)),
        new Row("If-Match that does not match is answered 412", Get("/conditions/text"), Get("/conditions/text", ("If-Match", "\"x\"")).Gives(412),
            Get("/conditions/text", ("If-Match", "{etag}")).Gives(200), Get("/conditions/text", ("If-Match", "W/{etag}")).Gives(412), Get("/conditions/text", ("If-Match", "*")).Gives(200)),
        new Row("If-Modified-Since works with the action's Last-Modified",
            Get("/conditions/file", ("If-Modified-Since", Day)).Gives(304).Is("fwd=uri-miss; stored").With("Last-Modified", Day),
            Get("/conditions/file", ("If-Modified-Since", Day)).Gives(304).Is("hit; ttl=60"),
            Get("/conditions/file", ("If-Modified-Since", DayBefore)).Gives(200).Says("0123456789"),
            Get("/conditions/file", ("If-Unmodified-Since", DayBefore)).Gives(412), Get("/conditions/file", ("If-Unmodified-Since", Day)).Gives(200)),
        new Row("If-None-Match outweighs If-Modified-Since", Get("/conditions/file"), Get("/conditions/file", ("If-None-Match", "\"x\""), ("If-Modified-Since", Day)).Gives(200)),
        new Row("Without a Last-Modified, If-Modified-Since is ignored", Get("/conditions/text"), Get("/conditions/text", ("If-Modified-Since", Day)).Gives(200)),
        new Row("Preconditions hold for what is not stored too",
            Get("/conditions/own?value=2&store=false", ("If-None-Match", "\"2\"")).Gives(304).Is("fwd=uri-miss; detail=no-store"),
            Get("/conditions/own?value=2&store=false", ("If-Match", "\"x\"")).Gives(412)),
        new Row("Preconditions hold for what is too large to be stored",
            Get("/conditions/large", ("If-None-Match", "\"large\"")).Gives(304), Get("/conditions/large", ("If-Match", "\"x\"")).Gives(412))
            { Settings = new() { ["MaxBodyBytes"] = "5" }, IsLikePlain = false },
        new Row("A 304 carries what a 200 would have said of caching",
            Get("/conditions/validators"), Get("/conditions/validators", ("If-None-Match", "{etag}")).Gives(304).With("Expires", "Fri, 01 Jan 2100 00:00:00 GMT").With("Content-Location", "/here").With("Vary", "X-A, Accept").With("Cache-Control", "public")),
        new Row("Preconditions are not looked at where the status is not 200", Get("/conditions/missing", ("If-None-Match", "*")).Gives(404).Is("fwd=uri-miss; stored"), Get("/conditions/missing", ("If-None-Match", "*")).Gives(404).Is("hit; ttl=60")),
        new Row("A range is answered from the stored whole",
            Get("/conditions/text"), Get("/conditions/text", ("Range", "bytes=2-4")).Gives(206).Is("hit; ttl=60").Says("234").With("Content-Range", "bytes 2-4/10").With("Content-Type", "text/plain; charset=utf-8"),
            Get("/conditions/text").Gives(200).Says("0123456789").Without("Content-Range")),
        new Row("A range that fills the cache stores the whole",
            Get("/conditions/text", ("Range", "bytes=0-0")).Gives(206).Is("fwd=uri-miss; stored").Says("0"), Get("/conditions/text").Gives(200).Is("hit; ttl=60").Says("0123456789")),
        new Row("A range of a file that fills the cache stores the whole",
            Get("/conditions/file", ("Range", "bytes=0-1")).Gives(206).Says("01"), Get("/conditions/file").Gives(200).Is("hit; ttl=60").Says("0123456789").With("Accept-Ranges", "bytes")),
        Range("bytes=-3", 206, "789"), Range("bytes=7-", 206, "789"), Range("bytes=7-99", 206, "789"), Range("bytes=10-", 416, ""), Range("bytes=-0", 416, ""),
        Range("bytes=0-1,3-4", 200, "0123456789"), Range("lines=1-2", 200, "0123456789"), Range("bytes=5-2", 200, "0123456789"), Range("bytes=99999999999999999999-", 200, null),
        new Row("An unsatisfiable range tells the length", Get("/conditions/text", ("Range", "bytes=10-")).Gives(416).With("Content-Range", "bytes */10")),
        new Row("If-Range with the tag allows a range, another does not",
            Get("/conditions/text"), Get("/conditions/text", ("Range", "bytes=0-0"), ("If-Range", "{etag}")).Gives(206), Get("/conditions/text", ("Range", "bytes=0-0"), ("If-Range", "\"x\"")).Gives(200).Says("0123456789"),
            Get("/conditions/text", ("Range", "bytes=0-0"), ("If-Range", "W/{etag}")).Gives(200)),
        new Row("If-Range with the date allows a range",
            Get("/conditions/file", ("Range", "bytes=0-0"), ("If-Range", Day)).Gives(206), Get("/conditions/file", ("Range", "bytes=0-0"), ("If-Range", DayBefore)).Gives(200)),
        new Row("A precondition goes before a range", Get("/conditions/text"), Get("/conditions/text", ("Range", "bytes=0-0"), ("If-None-Match", "{etag}")).Gives(304)),
        new Row("HEAD is answered from the stored GET", Get("/conditions/text"), Head("/conditions/text").Is("hit; ttl=60").Says("").With("Content-Length", "10").Runs(1)),
        new Row("HEAD never fills the cache", Head("/conditions/text").Is("fwd=uri-miss; detail=head").With("Content-Length", "10"), Get("/conditions/text").Is("fwd=uri-miss; stored").Says("0123456789").Runs(2)),
        new Row("HEAD of a file on a miss says what GET says", Head("/conditions/file").Is("fwd=uri-miss; detail=head").With("Content-Length", "10").With("Last-Modified", Day), Get("/conditions/file").Is("fwd=uri-miss; stored"), Head("/conditions/file").Is("hit; ttl=60").With("Content-Length", "10")),
        new Row("HEAD of a file that is not stored says its length", Head("/conditions/private").Is("fwd=uri-miss; detail=action-cache-control").With("Content-Length", "10")),
        new Row("HEAD obeys preconditions and ignores ranges", Get("/conditions/text"), Head("/conditions/text", ("If-None-Match", "{etag}")).Gives(304), Head("/conditions/text", ("Range", "bytes=0-1")).Gives(200).With("Content-Length", "10")),
        new Row("HEAD beside an action of its own is that action's", Head("/split/own").Gives(200).With("X-Head", "own"), Get("/split/own").Is("fwd=uri-miss; stored")) { IsLikePlain = false },
        new Row("HEAD of an action whose neighbour has a HEAD of its own is answered", Get("/split/other").Is("fwd=uri-miss; stored"), Head("/split/other").Gives(200).Is("hit; ttl=60")),
        new Row("The action sees a GET without conditions and ranges, and everything else",
            Get("/conditions/seen", ("Range", "bytes=0-0"), ("If-None-Match", "\"x\""), ("X-Kept", "yes")).Gives(206), Get("/conditions/seen", ("X-Kept", "yes")).Is("hit; ttl=60").Says("GET  yes")) { IsLikePlain = false },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row None(string what, string value, int status) => new(
        $"If-None-Match with {what} is answered {status}",
        Get("/conditions/text"), Get("/conditions/text", ("If-None-Match", value)).Gives(status).Is("hit; ttl=60").Says(status == 304 ? "" : "0123456789"));

    private static Row Range(string range, int status, string? body) => new(
        $"Range {range} is answered {status}",
        Get("/conditions/text", ("Range", range)).Gives(status), Get("/conditions/text", ("Range", range)).Gives(status).Is("hit; ttl=60").Says(body ?? "0123456789"));

    [ApiController, Route("conditions"), RedisCached(Seconds = 60)]
    public sealed class ConditionsController : ControllerBase
    {
        private static readonly byte[] Digits = Encoding.ASCII.GetBytes("0123456789");

        [HttpGet("text")]
        public IActionResult GetText(string? value = null) => Content(value ?? "0123456789", "text/plain; charset=utf-8");

        [HttpGet("own")]
        public IActionResult GetOwn(int value, bool store = true)
        {
            Response.Headers.ETag = $"\"{value}\"";
            if (!store)
            {
                HttpContext.Features.Get<RedisCachedFeature>()?.NoStore();
            }

            return Ok(value);
        }

        [HttpGet("file")]
        public IActionResult GetFile() => File(Digits, "text/plain", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), null!, enableRangeProcessing: true);

        [HttpGet("private")]
        public IActionResult GetPrivate()
        {
            Response.Headers.CacheControl = "private";
            return GetFile();
        }

        [HttpGet("large")]
        public IActionResult GetLarge() => File(Digits, "text/plain", default(DateTimeOffset?), new("\"large\""));

        [HttpGet("validators"), RedisCached(Seconds = 60, Vary = ["X-A"])]
        public int GetValidators()
        {
            Response.Headers.Expires = "Fri, 01 Jan 2100 00:00:00 GMT";
            Response.Headers.ContentLocation = "/here";
            Response.Headers.CacheControl = "public";
            return 1;
        }

        [HttpGet("missing"), RedisCached(Seconds = 60, StatusCodes = [404])]
        public IActionResult GetMissing() => NotFound();

        [HttpGet("seen"), RedisCached(Seconds = 60, Vary = ["X-Kept"])]
        public IActionResult GetSeen() => Content($"{Request.Method} {Request.Headers.Range}{Request.Headers.IfNoneMatch} {Request.Headers["X-Kept"]}");
    }

    /// <summary>Answers HEAD to one of its paths by itself.</summary>
    [ApiController, Route("split"), RedisCached(Seconds = 60)]
    public sealed class SplitController : ControllerBase
    {
        [HttpGet("own")]
        public int GetOwn() => 1;

        [HttpHead("own"), RedisCached(Enabled = false)]
        public void HeadOwn() => Response.Headers["X-Head"] = "own";

        [HttpGet("other")]
        public int GetOther() => 1;
    }
}
