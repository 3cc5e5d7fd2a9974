using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>Filters around the cache have the last word on each request; what those inside make of an answer is stored.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class OuterFilterTests
{
    private const string Stored = "fwd=uri-miss; stored";
    private const string Hit = "hit; ttl=60";
    private const string NotReplayable = "fwd=uri-miss; detail=not-replayable";

    [TestCase("object"), TestCase("json"), TestCase("content"), TestCase("status"), TestCase("types"), TestCase("file"), TestCase("redirect"), TestCase("route"), TestCase("settings"), TestCase("cookie"), TestCase("link")]
    public async Task What_an_outer_filter_puts_into_the_answer_is_for_nobody_else(string what)
    {
        await using var host = await CachedHost.StartAsync([typeof(EnvelopedController)]);

        var ann = await host.ExchangeAsync("GET", $"/enveloped/{what}", ("X-User", "ann"));
        var bob = await host.ExchangeAsync("GET", $"/enveloped/{what}", ("X-User", "bob"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((ann.Outcome, bob.Outcome), Is.EqualTo((NotReplayable, NotReplayable)));
            Assert.That(bob.Text, Does.Not.Contain("ann"));
        }
    }

    [Test]
    public async Task What_an_outer_filter_leaves_alone_is_stored()
    {
        await using var host = await CachedHost.StartAsync([typeof(EnvelopedController)]);

        foreach (var expected in (string[])[Stored, Hit])
            Assert.That((await host.ExchangeAsync("GET", "/enveloped/nothing", ("X-User", "ann"))).Outcome, Is.EqualTo(expected));
    }

    [Test]
    public async Task What_a_filter_inside_puts_in_the_place_of_a_result_is_stored()
    {
        await using var host = await CachedHost.StartAsync([typeof(WrappedController)]);

        foreach (var expected in (string[])[Stored, Hit])
        {
            var answer = await host.ExchangeAsync("GET", "/wrapped?page=1");
            Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("{\"data\":1}", expected)));
        }
    }

    [Test]
    public async Task What_a_filter_of_the_outermost_order_commits_is_evicted()
    {
        await using var host = await CachedHost.StartAsync([typeof(RowController)], services: services =>
            services.AddSingleton<UnitOfWork>().AddOptions<MvcOptions>().Configure<UnitOfWork>((options, work) => options.Filters.Insert(0, work)));
        var work = host.Services.GetRequiredService<UnitOfWork>();
        work.BeforeCommit = () => host.ExchangeAsync("GET", "/row");
        await host.ExchangeAsync("GET", "/row");

        await host.ExchangeAsync("PUT", "/row");

        Assert.That((await host.ExchangeAsync("GET", "/row")).Text, Is.EqualTo("new"));
    }

    private sealed class UnitOfWork : IAsyncActionFilter, IOrderedFilter
    {
        public int Order => int.MinValue;

        public Func<Task> BeforeCommit { get; set; } = () => Task.CompletedTask;

        public string Row { get; private set; } = "old";

        public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
        {
            await next();
            if (context.HttpContext.Request.Method != "PUT")
                return;

            await BeforeCommit();
            Row = "new";
        }
    }

    [Route("row")]
    public sealed class RowController : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 60)]
        public string Get() => HttpContext.RequestServices.GetRequiredService<UnitOfWork>().Row;

        [HttpPut]
        public IActionResult Put() => NoContent();
    }

    [AttributeUsage(AttributeTargets.Class)]
    private sealed class EnvelopeAttribute : ResultFilterAttribute
    {
        public override void OnResultExecuting(ResultExecutingContext context) =>
            context.Result = new JsonResult(new { data = ((ObjectResult)context.Result).Value });
    }

    [Route("wrapped"), RedisCached(Seconds = 60), Envelope]
    public sealed class WrappedController : ControllerBase
    {
        [HttpGet]
        public IActionResult Get(int page) => Ok(page);
    }

    [Route("enveloped"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, StatusCodes = [200, 302])]
    public sealed class EnvelopedController : Controller
    {
        [HttpGet("{what}")]
        public IActionResult Get(string what)
        {
            Response.Headers.Link = "</own>";
            if (what == "cookie")
                Response.Cookies.Append("visitor", "1");

            return what switch
            {
                "json" => new JsonResult("own"),
                "content" => Content("own"),
                "file" => File("own"u8.ToArray(), "text/plain", "own.txt"),
                "redirect" => Redirect("/own"),
                "route" => RedirectToAction(nameof(Get), new { what = "own" }),
                "settings" => new JsonResult(new { Own = 1 }, new JsonSerializerOptions(JsonSerializerDefaults.Web)),
                _ => Ok("own"),
            };
        }

        public override void OnActionExecuted(ActionExecutedContext context)
        {
            var (http, user) = (context.HttpContext, context.HttpContext.Request.Headers["X-User"].ToString());
            switch (http.Request.RouteValues["what"], context.Result)
            {
                case ("object", ObjectResult it):
                    it.Value = $"of {user}";
                    break;
                case ("json", JsonResult it):
                    it.Value = $"of {user}";
                    break;
                case ("content", ContentResult it):
                    it.Content = $"of {user}";
                    break;
                case ("types", ObjectResult it):
                    it.ContentTypes.Add("text/plain");
                    break;
                case ("file", FileResult it):
                    it.FileDownloadName = $"{user}.txt";
                    break;
                case ("redirect", RedirectResult it):
                    it.Url = $"/of/{user}";
                    break;
                case ("route", RedirectToActionResult it):
                    it.RouteValues!["user"] = user;
                    break;
                case ("settings", JsonResult it):
                    it.SerializerSettings = new JsonSerializerOptions { WriteIndented = user == "ann" };
                    break;
                case ("status", _):
                    http.Response.StatusCode = StatusCodes.Status202Accepted;
                    break;
                case ("cookie", _):
                    http.Response.Cookies.Append("user", user);
                    break;
                case (_, EmptyResult):
                    context.Result = NotFound();
                    break;
                case ("link", _):
                    http.Response.Headers.Append("Link", $"</of/{user}>");
                    break;
            }
        }
    }
}
