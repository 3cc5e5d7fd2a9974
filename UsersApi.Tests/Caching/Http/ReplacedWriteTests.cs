using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>A filter that answers a write in another way has the last word on status and headers, as it has without the cache.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ReplacedWriteTests
{
    [TestCase("POST", "/replaced/created"), TestCase("PUT", "/replaced/failed")]
    public async Task What_a_replaced_result_would_have_said_is_not_left_behind(string method, string target)
    {
        await using var host = await CachedHost.StartAsync([typeof(ReplacedController)]);
        await host.ExchangeAsync("GET", "/replaced/5");

        var answer = await host.ExchangeAsync(method, target);

        Assert.That((answer.Status, answer["Location"], answer.Text), Is.EqualTo((200, "", "{\"data\":5}")));
        Assert.That((await host.ExchangeAsync("GET", "/replaced/5")).Outcome, Is.EqualTo(method == "POST" ? "fwd=stale; stored" : "hit; ttl=60"));
    }

    [Route("replaced"), Envelope]
    public sealed class ReplacedController : ControllerBase
    {
        [HttpGet("{id:int}"), RedisCached(Seconds = 60)]
        public int Get(int id) => id;

        [HttpPost("created")]
        public IActionResult Post() => CreatedAtAction(nameof(Get), new { id = 5 }, 5);

        [HttpPut("failed")]
        public IActionResult Put() => StatusCode(500, 5);
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class EnvelopeAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuting(ResultExecutingContext context)
        {
            if (context.HttpContext.Request.Method != "GET" && context.Result is ObjectResult result)
                context.Result = new JsonResult(new { data = result.Value });
        }
    }
}
