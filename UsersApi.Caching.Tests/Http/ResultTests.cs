using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using NUnit.Framework;
using UsersApi.Caching.Tests.Host;
using static UsersApi.Caching.Tests.Host.Ask;

namespace UsersApi.Caching.Tests.Http;

/// <summary>Any action, any result: stored and replayed as MVC wrote it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ResultTests
{
    private readonly Table _table = new(typeof(ResultsController));

    private static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        Replayed("An object result", "/results/object", "{\"name\":\"Zo\u00EB & <b>\",\"none\":null}"),
        Replayed("A content result", "/results/content", "h\u00E9"),
        Replayed("A file of bytes", "/results/bytes", "0123456789"),
        Replayed("A file of a stream", "/results/stream", "0123456789"),
        Replayed("A JSON result with settings of its own", "/results/json", "{\"Name\":\"x\"}"),
        Replayed("An empty result", "/results/empty", ""),
        Replayed("No result at all", "/results/void", ""),
        Replayed("A status code result", "/results/status", ""),
        Replayed("A result written by hand", "/results/hand", "by hand"),
        Replayed("A body that the action wrote itself", "/results/body", "written"),
        Replayed("A body writer that nobody flushed", "/results/writer", "unflushed"),
        Replayed("A response that the action started", "/results/start", "started"),
        Replayed("A response that the action completed", "/results/complete", "completed"),
        new Row("A body in which action and result both have a part is replayed",
            Get("/results/both").Says("action, result"), Get("/results/both").Is("hit; ttl=60").Says("action, result")) { IsLikePlain = false },
        Replayed("An async enumerable", "/results/enumerable", "[1,2,3]"),
        Replayed("A typed result", "/results/typed", "{\"id\":7}"),
        Replayed("A minimal API result", "/results/minimal", "text"),
        Replayed("A null object", "/results/null", ""),
        new Row("A typed result that finds nothing is not stored",
            Get("/results/typed?id=0").Gives(404).Is("fwd=uri-miss; detail=status"),
            Get("/results/typed?id=0").Gives(404).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A created status is not stored where only 200 is asked for",
            Get("/results/created").Gives(201).Is("fwd=uri-miss; detail=status"),
            Get("/results/created").Gives(201).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A status that the attribute names is stored",
            Get("/results/missing").Gives(404).Is("fwd=uri-miss; stored"),
            Get("/results/missing").Gives(404).Is("hit; ttl=60").Runs(1)),
        new Row("A 204 that the attribute names is stored",
            Get("/results/none").Gives(204).Is("fwd=uri-miss; stored"),
            Get("/results/none").Gives(204).Is("hit; ttl=60").Without("Content-Length").Runs(1)),
        new Row("A redirect is not stored",
            Get("/results/redirect").Gives(302).Is("fwd=uri-miss; detail=status").With("Location", "/elsewhere"),
            Get("/results/redirect").Gives(302).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A partial that the action made itself is not stored",
            Get("/results/partial").Gives(206).Is("fwd=uri-miss; detail=status"),
            Get("/results/partial").Gives(206).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A body shorter than its own Content-Length is not stored",
            Get("/results/short").Is("fwd=uri-miss; detail=not-replayable"),
            Get("/results/short").Is("fwd=uri-miss; detail=not-replayable").Runs(2)) { IsLikePlain = false },
        new Row("A reason phrase of its own is sent every time", Get("/results/reason"), Get("/results/reason"), Get("/results/reason")),
        new Row("Expired entries are computed anew",
            Get("/results/object").Is("fwd=uri-miss; stored"), Later(59),
            Get("/results/object").Is("hit; ttl=1").With("Age", "59").Runs(1), Later(1),
            Get("/results/object").Is("fwd=stale; stored").Without("Age").Runs(2),
            Get("/results/object").Is("hit; ttl=60").With("Age", "0").Runs(2)),
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Replayed(string what, string target, string body)
    {
        var status = target is "/results/null" ? 204 : 200;
        var stored = status == 200;
        return new Row(
            $"{what} is {(stored ? "replayed" : "passed on")}",
            Get(target).Gives(status).Is(stored ? "fwd=uri-miss; stored" : "fwd=uri-miss; detail=status").Says(body).Runs(1),
            Get(target).Gives(status).Is(stored ? "hit; ttl=60" : "fwd=uri-miss; detail=status").Says(body).Runs(stored ? 1 : 2),
            Get(target).Gives(status).Says(body));
    }

    public sealed record Person(int Id);

    [ApiController, Route("results"), RedisCached(Seconds = 60)]
    public sealed class ResultsController : ControllerBase
    {
        private static readonly byte[] Digits = Encoding.ASCII.GetBytes("0123456789");

        [HttpGet("object")]
        public IActionResult GetObject() => Ok(new { Name = "Zo\u00EB & <b>", None = (string?)null });

        [HttpGet("content")]
        public IActionResult GetContent() => Content("h\u00E9", "text/plain; charset=utf-8", Encoding.UTF8);

        [HttpGet("bytes")]
        public IActionResult GetBytes() => File(Digits, "application/octet-stream", "digits.bin", enableRangeProcessing: true);

        [HttpGet("stream")]
        public IActionResult GetStream() => File(new MemoryStream(Digits), "image/png");

        [HttpGet("json")]
        public IActionResult GetJson() => new JsonResult(new { Name = "x" }, new System.Text.Json.JsonSerializerOptions()) { ContentType = "application/vnd.test+json" };

        [HttpGet("empty")]
        public IActionResult GetEmpty() => new EmptyResult();

        [HttpGet("void")]
        public void GetVoid() => Response.Headers["X-Void"] = "yes";

        [HttpGet("status")]
        public IActionResult GetStatus() => StatusCode(200);

        [HttpGet("hand")]
        public IActionResult GetHand() => new HandWritten();

        [HttpGet("body")]
        public async Task GetBody()
        {
            Response.ContentType = "text/plain";
            await Response.WriteAsync("writ");
            await Response.Body.FlushAsync();
            await Response.WriteAsync("ten");
        }

        [HttpGet("writer")]
        public IActionResult GetWriter()
        {
            Write(Response.BodyWriter, "unflushed");
            return new EmptyResult();
        }

        [HttpGet("start")]
        public async Task GetStart()
        {
            Response.Headers["X-Early"] = "yes";
            await Response.StartAsync();
            await Response.WriteAsync("started");
        }

        [HttpGet("complete")]
        public async Task<IActionResult> GetComplete()
        {
            await Response.WriteAsync("completed");
            await Response.CompleteAsync();
            return new EmptyResult();
        }

        [HttpGet("both")]
        public async Task<IActionResult> GetBoth()
        {
            await Response.WriteAsync("action, ");
            return new HandWritten("result");
        }

        [HttpGet("enumerable")]
        public async IAsyncEnumerable<int> GetEnumerable()
        {
            for (var i = 1; i <= 3; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }

        [HttpGet("typed")]
        public Results<Ok<Person>, NotFound> GetTyped(int id = 7) => id == 0 ? TypedResults.NotFound() : TypedResults.Ok(new Person(id));

        [HttpGet("minimal")]
        public IResult GetMinimal() => Results.Text("text", "text/html", Encoding.UTF8);

        [HttpGet("null")]
        public ActionResult<Person?> GetNull() => (Person?)null;

        [HttpGet("created")]
        public IActionResult GetCreated() => StatusCode(201);

        [HttpGet("missing"), RedisCached(Seconds = 60, StatusCodes = [200, 404])]
        public IActionResult GetMissing() => NotFound(new Person(1));

        [HttpGet("none"), RedisCached(Seconds = 60, StatusCodes = [204])]
        public IActionResult GetNone() => NoContent();

        [HttpGet("redirect")]
        public IActionResult GetRedirect() => Redirect("/elsewhere");

        [HttpGet("partial")]
        public async Task GetPartial()
        {
            Response.StatusCode = 206;
            Response.Headers.ContentRange = "bytes 0-1/10";
            await Response.Body.WriteAsync(Digits.AsMemory(0, 2));
        }

        [HttpGet("short")]
        public async Task GetShort()
        {
            Response.ContentLength = 100;
            await Response.Body.WriteAsync(Digits);
        }

        [HttpGet("reason")]
        public IActionResult GetReason()
        {
            HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!.ReasonPhrase = "Quite Fine";
            return Ok(1);
        }

        private static void Write(PipeWriter writer, string text)
        {
            var memory = writer.GetMemory(text.Length);
            writer.Advance(Encoding.ASCII.GetBytes(text, memory.Span));
        }
    }

    private sealed class HandWritten(string text = "by hand") : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            if (!context.HttpContext.Response.HasStarted)
            {
                context.HttpContext.Response.Headers["X-Hand"] = "yes";
                context.HttpContext.Response.ContentType = "text/x-hand";
            }

            return context.HttpContext.Response.WriteAsync(text);
        }
    }
}
