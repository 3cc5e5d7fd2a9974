using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Http;

[ApiController, Route("control"), RedisCached(Seconds = 60)]
public sealed class ControlController : ControllerBase
{
    [HttpGet("object")]
    public int[] GetObject() => [1];

    [HttpPost("object")]
    public int[] PostObject() => [2];

    [HttpGet("feature")]
    public int GetFeature(bool store = true, int seconds = 60)
    {
        var feature = HttpContext.Features.Get<RedisCachedFeature>();
        if (!store)
        {
            feature?.NoStore();
        }

        feature?.Shorten(seconds);
        return seconds;
    }

    [HttpGet("bare"), RedisCached]
    public int GetBare() => 1;

    [HttpGet("near"), RedisCached(Seconds = 5)]
    public int GetNear() => 1;

    [HttpGet("out"), RedisCached(Enabled = false)]
    public int GetOut() => 1;

    [HttpGet("long")]
    public IActionResult GetLong(int length) => Content(new string('x', length), "application/octet-stream");

    [HttpGet("writer")]
    public async Task<IActionResult> GetWriter()
    {
        await Response.BodyWriter.WriteAsync("aaaaaaaaaaaaaaa"u8.ToArray());
        Encoding.ASCII.GetBytes("bbbbb", Response.BodyWriter.GetMemory(5).Span);
        Response.BodyWriter.Advance(5);
        return new EmptyResult();
    }

    [HttpGet("byte-by-byte")]
    public void GetByteByByte()
    {
        // Where the server refuses to wait for the client, what is captured is still written without waiting.
        HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
        foreach (var octet in "0123456789abcdef"u8)
        {
            Response.Body.WriteByte(octet);
        }
    }

    [HttpGet("abilities")]
    public IActionResult GetAbilities() => Content($"read {Response.Body.CanRead}, seek {Response.Body.CanSeek}, write {Response.Body.CanWrite}");

    [HttpGet("half")]
    public async Task GetHalf()
    {
        Response.Headers["X-Half"] = "yes";
        await Response.WriteAsync("half of ");
        throw new InvalidOperationException("In the middle of it.");
    }

    [HttpGet("sequence")]
    public async IAsyncEnumerable<int> GetSequence()
    {
        await Task.Yield();
        yield return 1;
        throw new InvalidOperationException("In the middle of it.");
    }

    [HttpGet("handled"), ControlTests.Handles]
    public int GetHandled() => throw new InvalidOperationException("To be handled.");

    [HttpGet("inner"), ControlTests.Inner]
    public int GetInner() => 1;

    [HttpGet("outer"), ControlTests.Outer]
    public int GetOuter(int n) => n;

    [HttpGet("body")]
    public Task GetBody() => Response.WriteAsync("written");
}
