using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Cached actions answer HEAD, but for those paths where the application has an action for it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HeadRouteTests
{
    [TestCase("/heads/verbs"), TestCase("/heads/absolute"), TestCase("/heads/elsewhere"), TestCase("/HEADS/Cased")]
    [TestCase("/heads/both"), TestCase("/tokens/heads/one/named/5")]
    public async Task Action_that_was_written_for_HEAD_keeps_it_wherever_it_stands(string target)
    {
        await using var host = await StartAsync();

        var (head, get) = (await host.ExchangeAsync("HEAD", target), await host.ExchangeAsync("GET", target));

        Assert.That((head.Status, head["X-Head"], get.Status, get["X-Head"]), Is.EqualTo((200, "own", 200, "")));
    }

    [TestCase("/heads/other"), TestCase("/Conventional/Cached"), TestCase("/heads/versions")]
    [TestCase("/tokens/heads/two/named/5"), TestCase("/heads/both-other"), TestCase("/heads/mixed"), TestCase("/regions/eu/x")]
    public async Task All_others_answer_as_GET_does(string target)
    {
        await using var host = await StartAsync();

        var (get, head) = (await host.ExchangeAsync("GET", target), await host.ExchangeAsync("HEAD", target));

        Assert.That((head.Status, head["ETag"], head.Outcome), Is.EqualTo((200, get["ETag"], "hit; ttl=60")));
    }

    private static Task<CachedHost> StartAsync() => CachedHost.StartAsync(
        [typeof(HeadsController), typeof(OtherHeadsController), typeof(ConventionalController), typeof(OneController), typeof(TwoController), typeof(RegionsController)],
        pipeline: app => app.MapControllerRoute("default", "{controller}/{action}"));

    [Route("heads"), RedisCached(Seconds = 60)]
    public sealed class HeadsController : ControllerBase
    {
        [HttpGet("verbs")]
        public int GetVerbs() => 1;

        [AcceptVerbs("HEAD", Route = "verbs"), RedisCached(Enabled = false)]
        public void HeadVerbs() => Response.Headers["X-Head"] = "own";

        [HttpGet("absolute")]
        public int GetAbsolute() => 1;

        [HttpHead("/heads/absolute"), RedisCached(Enabled = false)]
        public void HeadAbsolute() => Response.Headers["X-Head"] = "own";

        [HttpGet("elsewhere")]
        public int GetElsewhere() => 1;

        [HttpGet("cased")]
        public int GetCased() => 1;

        [HttpGet("other")]
        public int GetOther() => 1;

        [HttpGet("both"), HttpGet("both-other")]
        public int GetBoth() => 1;

        [HttpGet("mixed"), HttpHead("mixed-head")]
        public int GetMixed() => 1;

        [HttpGet("versions"), Consumes("application/json")]
        public int GetOfJson() => 1;

        [HttpGet("versions")]
        public int GetVersions() => 1;
    }

    [Route("heads")]
    public sealed class OtherHeadsController : ControllerBase
    {
        [HttpHead("elsewhere"), HttpHead("Cased"), HttpHead("both")]
        public void HeadElsewhere() => Response.Headers["X-Head"] = "own";
    }

    [Area("heads"), Route("tokens/[area]/[controller]"), RedisCached(Seconds = 60)]
    public sealed class OneController : ControllerBase
    {
        [HttpGet("named/{id}")]
        public string Get(string id) => id;

        [HttpHead("named/{key}"), RedisCached(Enabled = false)]
        public void Head(string key) => Response.Headers["X-Head"] = key.Length > 0 ? "own" : "";
    }

    [Area("heads"), Route("tokens/[area]/[controller]"), RedisCached(Seconds = 60)]
    public sealed class TwoController : ControllerBase
    {
        [HttpGet("named/{id}")]
        public string Get(string id) => id;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class RegionAttribute(string region) : Microsoft.AspNetCore.Mvc.Routing.RouteValueAttribute("region", region);

    /// <summary>An action's own value fills a token of its template.</summary>
    public sealed class RegionsController : ControllerBase
    {
        [HttpGet("/regions/[region]/x"), Region("eu"), RedisCached(Seconds = 60)]
        public int Get() => 1;

        [HttpHead("/regions/[region]/y"), Region("eu")]
        public void Head()
        {
        }
    }

    /// <summary>By the names of their actions, which no attribute says.</summary>
    public sealed class ConventionalController : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 60)]
        public int Cached() => 1;

        [HttpHead]
        public void Alone() => Response.Headers["X-Head"] = "own";
    }
}
