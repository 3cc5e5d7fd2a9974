using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Who decides: the request feature, the defaults, the nearest attribute, other filters, exceptions.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class ControlTests
{
    private readonly Table _table = new(typeof(ControlController), typeof(PlainController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("A request's Cache-Control is ignored: a stranger could switch the cache off",
            Get("/control/object", ("Cache-Control", "no-store")).Is("fwd=uri-miss; stored"), Get("/control/object", ("Cache-Control", "no-cache")).Is("hit; ttl=60"),
            Get("/control/object", ("Cache-Control", "max-age=0"), ("Pragma", "no-cache")).Is("hit; ttl=60"), Get("/control/object", ("Cache-Control", "only-if-cached")).Is("hit; ttl=60").Runs(1)),
        new Row("The feature's no-store is obeyed", Get("/control/feature?store=false").Is("fwd=uri-miss; detail=no-store"), Get("/control/feature?store=false").Is("fwd=uri-miss; detail=no-store").Runs(2)),
        new Row("The feature shortens and never lengthens",
            Get("/control/feature?seconds=10"), Get("/control/feature?seconds=10").Is("hit; ttl=10"), Get("/control/feature?seconds=100"), Get("/control/feature?seconds=100").Is("hit; ttl=60"),
            Get("/control/feature?seconds=0").Is("fwd=uri-miss; detail=no-store")),
        new Row("The defaults of the options hold where the attribute says nothing", Get("/control/bare").With("Cache-Control", "max-age=5"), Get("/control/bare").Is("hit; ttl=30"))
            { Settings = new() { ["RedisCached:Defaults:Seconds"] = "30", ["RedisCached:Defaults:ClientSeconds"] = "5" } },
        new Row("The attribute outweighs the defaults", Get("/control/near"), Get("/control/near").Is("hit; ttl=5")) { Settings = new() { ["RedisCached:Defaults:Seconds"] = "30" } },
        new Row("The attribute on the action wins over that on the controller", Get("/control/near"), Get("/control/near").Is("hit; ttl=5")),
        new Row("An action can opt out", Get("/control/out").Is("").Without("ETag"), Get("/control/out").Is("").Runs(2)),
        new Row("An action without the attribute is left alone", Get("/plain").Is("").Without("ETag").Without("Cache-Control"), Get("/plain").Is("").Runs(2), Head("/plain").Gives(405)),
        new Row("A POST beside a cached GET is not cached", Get("/control/object").Runs(1), Send("POST", "/control/object").Is("").Runs(2), Send("POST", "/control/object").Is("").Runs(3), Get("/control/object").Is("fwd=stale; stored").Runs(4)),
        new Row("A body over the cap streams through and is not stored",
            Get("/control/long?length=11").Is("fwd=uri-miss; detail=too-large").Says("xxxxxxxxxxx"), Get("/control/long?length=11").Is("fwd=uri-miss; detail=too-large").Runs(2),
            Get("/control/long?length=10").Is("fwd=uri-miss; stored"), Get("/control/long?length=10").Is("hit; ttl=60")) { Settings = new() { ["MaxBodyBytes"] = "10" } },
        new Row("A body that the queue has no room for is not said to be stored",
            Get("/control/long?length=600000").Is("fwd=uri-miss; detail=too-large"), Get("/control/long?length=600000").Is("fwd=uri-miss; detail=too-large").Runs(2)) { Settings = new() { ["QueueBytes"] = "1048576" } },
        new Row("A body over the cap that ends in an unflushed writer is whole", Get("/control/writer").Says("aaaaaaaaaaaaaaabbbbb")) { Settings = new() { ["MaxBodyBytes"] = "10" } },
        new Row("A body written byte by byte over the cap is whole", Get("/control/byte-by-byte").Says("0123456789abcdef")) { Settings = new() { ["MaxBodyBytes"] = "10" }, IsLikePlain = false },
        new Row("The body of the response is what it would be without the attribute", Get("/control/abilities").Says("read False, seek False, write True")),
        new Row("A megabyte is replayed", Get("/control/long?length=1000000").Is("fwd=uri-miss; stored"), Get("/control/long?length=1000000").Is("hit; ttl=60")),
        new Row("A throw in the middle of writing is a clean 500", Get("/control/half").Gives(500).Says("").Is(""), Get("/control/half").Gives(500).Is("").Without("X-Half").Runs(2)) { IsLikePlain = false },
        new Row("A throw in the middle of a sequence is a clean 500", Get("/control/sequence").Gives(500).Says(""), Get("/control/sequence").Gives(500).Runs(2)) { IsLikePlain = false },
        new Row("What an exception filter makes of a throw is not stored", Get("/control/handled").Gives(418).Says("handled"), Get("/control/handled").Gives(418).Says("handled").Runs(2)),
        new Row("What an inner filter sets is stored", Get("/control/inner").With("X-Inner", "yes"), Get("/control/inner").Is("hit; ttl=60").With("X-Inner", "yes").Says("3").Runs(1)),
        new Row("What outer filters set is set again", Get("/control/outer?n=1", ("X-Ask", "1")).With("X-Outer-Action", "1").With("X-Outer-Result", "1"), Get("/control/outer?n=1", ("X-Ask", "2")).Is("hit; ttl=60").With("X-Outer-Action", "2").With("X-Outer-Result", "2")),
        new Row("A result that an outer result filter puts in place reaches the client", Get("/control/outer?n=1"), Get("/control/outer?n=1", ("X-Ask", "replace")).Says("replaced"), Get("/control/outer?n=2", ("X-Ask", "replace")).Says("replaced").Is("fwd=uri-miss; detail=not-replayable"), Get("/control/outer?n=1").Is("hit; ttl=60").Says("1"))
            { IsLikeKillSwitch = false },
        new Row("An outer result filter that cancels has the last word", Get("/control/outer?n=1"), Get("/control/outer?n=1", ("X-Ask", "cancel")).Says("").Is(""), Get("/control/outer?n=3", ("X-Ask", "cancel")).Says("").Is(""), Get("/control/outer?n=3").Says("3").Is("fwd=uri-miss; stored")),
        new Row("An outer action filter that answers by itself has the last word", Get("/control/outer?n=1"), Get("/control/outer?n=1", ("X-Ask", "short")).Says("short").Is(""), Get("/control/outer?n=1").Is("hit; ttl=60")),
        new Row("A response that middleware started is whole, and not stored",
            Get("/control/body", ("X-Ask", "start")).Says("before, written"), Get("/control/body", ("X-Ask", "start")).Says("before, written").Runs(2), Get("/control/body").Is("fwd=uri-miss; stored").Says("written"), Get("/control/body", ("X-Ask", "start")).Says("before, written")) { Pipeline = StartEarly },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static void StartEarly(WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Request.Headers["X-Ask"] == "start")
        {
            await context.Response.WriteAsync("before, ");
            await context.Response.Body.FlushAsync();
        }

        await next(context);
    });

    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class InnerAttribute : ActionFilterAttribute
    {
        public override void OnActionExecuted(ActionExecutedContext context) => context.Result = new ObjectResult(3);

        public override void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers["X-Inner"] = "yes";
    }

    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class OuterAttribute : ActionFilterAttribute
    {
        public OuterAttribute() => Order = -5_000;

        public override void OnActionExecuting(ActionExecutingContext context)
        {
            context.HttpContext.Response.Headers["X-Outer-Action"] = context.HttpContext.Request.Headers["X-Ask"];
            context.Result = context.HttpContext.Request.Headers["X-Ask"] == "short" ? new ContentResult { Content = "short" } : null;
        }

        public override void OnResultExecuting(ResultExecutingContext context)
        {
            context.HttpContext.Response.Headers["X-Outer-Result"] = context.HttpContext.Request.Headers["X-Ask"];
            context.Cancel = context.HttpContext.Request.Headers["X-Ask"] == "cancel";
            context.Result = context.HttpContext.Request.Headers["X-Ask"] == "replace" ? new ContentResult { Content = "replaced" } : context.Result;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class HandlesAttribute : ExceptionFilterAttribute
    {
        public override void OnException(ExceptionContext context) => context.Result = new ContentResult { Content = "handled", StatusCode = 418 };
    }

    [ApiController, Route("plain")]
    public sealed class PlainController : ControllerBase
    {
        [HttpGet]
        public int Get() => 1;
    }
}
