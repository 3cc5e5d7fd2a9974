using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Http;

public sealed partial class ResultTests
{
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
