using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Filters that put a stream of their own in the place of the response's body, to change what goes through it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class SwappedBodyTests
{
    [TestCase("outer"), TestCase("inner")]
    public async Task What_goes_through_a_filters_stream_comes_out_of_it_on_misses_and_hits_alike(string path)
    {
        await using var host = await CachedHost.StartAsync([typeof(SwappedController)]);

        var answers = new[] { await host.ExchangeAsync("GET", $"/swapped/{path}"), await host.ExchangeAsync("GET", $"/swapped/{path}") };

        Assert.That(answers.Select(answer => (answer.Text, answer.Outcome)), Is.EqualTo(new[] { ("ABC", "fwd=uri-miss; stored"), ("ABC", "hit; ttl=60") }));
    }

    [Test]
    public async Task Middleware_that_wraps_bodies_gets_them_whole_and_plain_whatever_the_client_asks_for()
    {
        await using var host = await CachedHost.StartAsync([typeof(SwappedController)], pipeline: app => app.Use(async (http, next) =>
        {
            var own = http.Response.Body;
            using var swapped = new MemoryStream();
            http.Response.Body = swapped;
            await next(http);
            http.Response.Body = own;
            await http.Response.WriteAsync($"<{Encoding.UTF8.GetString(swapped.ToArray())}>");
        }));

        foreach (var asked in new (string, string)[] { ("Accept-Encoding", "gzip"), ("Range", "bytes=0-1"), ("X-None", "1") })
        {
            foreach (var path in (string[])["large", "large?none=1", "text"])
            {
                var answer = await host.ExchangeAsync("GET", $"/swapped/{path}", asked);
                Assert.That((answer.Status, answer["Content-Encoding"], answer["Content-Range"], answer.Text.Trim('<', '>').Distinct().Count(), answer.Text[0], answer.Text[^1]),
                    Is.EqualTo((200, "", "", path == "text" ? 3 : 1, '<', '>')), $"{path} {asked}");
            }
        }
    }

    [Test]
    public async Task What_streams_goes_through_it_too()
    {
        await using var host = await CachedHost.StartAsync([typeof(SwappedController)]);

        var answer = await host.ExchangeAsync("GET", "/swapped/streamed");

        Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("ABC", "fwd=uri-miss; detail=streamed")));
    }

    [Route("swapped"), RedisCached(Seconds = 60)]
    public sealed class SwappedController : ControllerBase
    {
        [HttpGet("large")]
        public IActionResult GetLarge(int none = 0)
        {
            if (none == 1)
                Response.Headers.CacheControl = "no-store";

            return new ObjectResult(new string('a', 5_000));
        }

        [HttpGet("text")]
        public string GetText() => "abc";

        [HttpGet("outer"), UppercasedResult(Order = -5000)]
        public IActionResult GetOuter() => Content("abc");

        [HttpGet("inner"), Uppercased]
        public IActionResult GetInner() => Content("abc");

        [HttpGet("streamed"), Uppercased(Order = -5000)]
        public async Task GetStreamed()
        {
            await Response.WriteAsync("a");
            await Response.Body.FlushAsync();
            await Response.WriteAsync("bc");
        }
    }

    /// <summary>Swaps around the result alone.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class UppercasedResultAttribute : ResultFilterAttribute
    {
        public override async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
        {
            var response = context.HttpContext.Response;
            var own = response.Body;
            using var swapped = new MemoryStream();
            response.Body = swapped;
            await next();
            response.Body = own;
            response.ContentLength = swapped.Length;
            await own.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(swapped.ToArray()).ToUpperInvariant()));
        }
    }

    /// <summary>Swaps from before the action until after its result.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class UppercasedAttribute : ActionFilterAttribute
    {
        public override void OnActionExecuting(ActionExecutingContext context)
        {
            var response = context.HttpContext.Response;
            context.HttpContext.Items["own"] = response.Body;
            response.Body = new MemoryStream();
        }

        public override async Task OnResultExecutionAsync(ResultExecutingContext context, ResultExecutionDelegate next)
        {
            await next();
            var response = context.HttpContext.Response;
            var swapped = (MemoryStream)response.Body;
            response.Body = (Stream)context.HttpContext.Items["own"]!;
            response.ContentLength = swapped.Length;
            await response.Body.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(swapped.ToArray()).ToUpperInvariant()));
        }
    }
}
