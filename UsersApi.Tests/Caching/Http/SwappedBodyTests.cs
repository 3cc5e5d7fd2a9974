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
    public async Task What_streams_goes_through_it_too()
    {
        await using var host = await CachedHost.StartAsync([typeof(SwappedController)]);

        var answer = await host.ExchangeAsync("GET", "/swapped/streamed");

        Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("ABC", "fwd=uri-miss; detail=streamed")));
    }

    [Route("swapped"), RedisCached(Seconds = 60)]
    public sealed class SwappedController : ControllerBase
    {
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
