using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Http;

public sealed partial class NodeTests
{
    internal sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [ApiController, Route("nodes"), RedisCached(Seconds = 60)]
    public sealed class NodesController : ControllerBase
    {
        [HttpGet("value")]
        public IActionResult GetValue(int n = 1) => Content($"value {n}");

        [HttpPut("value")]
        public IActionResult PutValue() => NoContent();

        [HttpGet("own")]
        public IActionResult GetOwn()
        {
            Response.Headers.Vary = "X-Own";
            return Content($"own: {Request.Headers["X-Own"]}");
        }

        [HttpGet("feature")]
        public IActionResult GetFeature()
        {
            HttpContext.Features.Get<RedisCachedFeature>()?.Vary("X-Own");
            return Content($"own: {Request.Headers["X-Own"]}");
        }

        [HttpPost("session")]
        public IActionResult Count()
        {
            var count = (HttpContext.Session.GetInt32("count") ?? 0) + 1;
            HttpContext.Session.SetInt32("count", count);
            return Ok(count);
        }

        [HttpGet("slow")]
        public async Task<IActionResult> GetSlow()
        {
            var gate = HttpContext.RequestServices.GetRequiredService<Gate>();
            using var aborted = HttpContext.RequestAborted.Register(() => gate.Aborted.TrySetResult());
            gate.Entered.TrySetResult();
            await gate.Open.Task;
            return Content("slow");
        }
    }
}
