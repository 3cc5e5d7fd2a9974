using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Http;

public sealed partial class HeaderTests
{
    [ApiController, Route("headers"), RedisCached(Seconds = 60)]
    public sealed class HeadersController : ControllerBase
    {
        [HttpGet("object")]
        public int[] GetObject() => [1];

        [HttpGet("many")]
        public IActionResult GetMany()
        {
            Response.Headers.Append("X-mIxEd", "one");
            Response.Headers.Append("X-mIxEd", "two");
            Response.Headers.ContentLanguage = "de";
            Response.Headers["x-lower"] = " spaced ".Trim();
            return Ok(1);
        }

        [HttpGet("file")]
        public IActionResult GetFile() => File(Encoding.ASCII.GetBytes("abc"), "text/plain", "a.txt", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new("\"own\""));

        [HttpGet("starting")]
        public int GetStarting()
        {
            Response.OnStarting(() =>
            {
                Response.Headers["X-Late"] = "yes";
                return Task.CompletedTask;
            });
            return 1;
        }

        [HttpGet("same")]
        public int GetSame()
        {
            Response.Headers["X-Echo"] = "fixed";
            return 1;
        }

        [HttpGet("cookie")]
        public int GetCookie()
        {
            Response.Cookies.Append("a", "1");
            return 1;
        }

        [HttpGet("remove")]
        public int GetRemove()
        {
            Response.Headers.Remove("X-Echo");
            return 1;
        }

        [HttpGet("append")]
        public int GetAppend()
        {
            Response.Headers.Append("X-Echo", "action");
            return 1;
        }

        [HttpGet("connection")]
        public int GetConnection()
        {
            Response.Headers.KeepAlive = "timeout=5";
            return 1;
        }

        [HttpGet("client"), RedisCached(Seconds = 60, ClientSeconds = 40)]
        public int GetClient() => 1;

        [HttpGet("control")]
        public int GetControl(string value)
        {
            Response.Headers.CacheControl = value;
            return 1;
        }

        [HttpGet("expires")]
        public int GetExpires(int seconds)
        {
            var now = HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
            Response.Headers.Date = now.ToString("R");
            Response.Headers.Expires = now.AddSeconds(seconds).ToString("R");
            return 1;
        }

        [HttpGet("invalid")]
        public int GetInvalid()
        {
            Response.Headers.Expires = "0";
            return 1;
        }

        [HttpGet("framework"), ResponseCache(NoStore = true)]
        public int GetFramework() => 1;

        [HttpGet("date")]
        public int GetDate()
        {
            Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT";
            return 1;
        }

        [HttpGet("status")]
        public int GetStatus()
        {
            Response.Headers.Append("Cache-Status", "Inner; hit");
            return 1;
        }
    }
}
