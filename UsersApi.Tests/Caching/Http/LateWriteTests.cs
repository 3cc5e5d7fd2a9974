using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Routing;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What an unsafe request changes outside of its action, or answers before it is over, and the URIs that only some hosts have.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class LateWriteTests
{
    private const string Hit = "hit; ttl=60";
    private const string Stale = "fwd=stale; stored";

    [TestCase("committed"), TestCase("iterated"), TestCase("executed"), TestCase("yielded"), TestCase("json"), TestCase("synchronous")]
    public async Task What_is_committed_once_the_action_has_returned_is_evicted_too(string path)
    {
        await using var host = await StartAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        await host.ExchangeAsync("GET", "/late");
        var writing = host.ExchangeAsync("POST", $"/late/{path}");
        await gate.Reached;

        // Read between the action and the commit: the old value, under whatever versions there are now.
        await host.ExchangeAsync("GET", "/late");
        gate.Open();
        await writing;

        Assert.That((await host.ExchangeAsync("GET", "/late")).Text, Is.EqualTo("new"));
    }

    [Test]
    public async Task Answer_that_its_client_has_before_the_action_is_over_has_evicted_by_then()
    {
        await using var host = await StartAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        await host.ExchangeAsync("GET", "/late");

        using var response = await host.Client.PostAsync("/late/answered", null);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("ok"));
        var read = await host.ExchangeAsync("GET", "/late");
        gate.Open();

        Assert.That((read.Text, read.Outcome), Is.EqualTo(("new", Stale)));
    }

    [Test]
    public async Task Who_waits_for_the_eviction_hears_of_it_once_the_last_change_is_evicted()
    {
        await using var host = await StartAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        var writing = host.ExchangeAsync("POST", "/late/told");
        await gate.Reached;
        Assert.That(gate.Told, Is.Null);
        gate.Open();
        await writing;

        Assert.That(gate.Told, Is.EqualTo("new"));
    }

    [Test]
    public async Task Who_waits_for_the_eviction_of_nothing_hears_of_it_too()
    {
        await using var host = await StartAsync();
        var gate = host.Services.GetRequiredService<Gate>();
        gate.Open();

        await host.ExchangeAsync("POST", "/late-else/told/by/no/cached/path");

        Assert.That(gate.Told, Is.Not.Null);
    }

    [Test]
    public async Task Who_waits_for_an_eviction_that_is_owed_hears_of_none_whatever_its_result_says_later()
    {
        // Port 1 is closed: nothing listens there.
        await using var host = await StartAsync(redis: "127.0.0.1:1", isRealTime: true);
        var gate = host.Services.GetRequiredService<Gate>();
        gate.Open();

        Assert.That((await host.ExchangeAsync("POST", "/late/told?status=409")).Status, Is.EqualTo(409));

        Assert.That(gate.Told, Is.Null);
    }

    [Test]
    public async Task Unsafe_action_runs_though_its_response_has_begun()
    {
        await using var host = await StartAsync(app => app.Use(async (http, next) =>
        {
            if (http.Request.Method == "POST")
                await http.Response.Body.WriteAsync(" "u8.ToArray());

            await next(http);
        }));

        Assert.That((await host.ExchangeAsync("POST", "/late/plain")).Text, Is.EqualTo(" done"));
        Assert.That((await host.ExchangeAsync("GET", "/late")).Text, Is.EqualTo("new"));
    }

    [TestCase("a:99999"), TestCase("")]
    public async Task Location_is_evicted_whatever_host_the_client_says(string name)
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/late");

        Assert.That((await host.ExchangeAsync("POST", "/late-else/located", ("Host", name))).Status, Is.EqualTo(201));

        Assert.That((await host.ExchangeAsync("GET", "/late")).Outcome, Is.EqualTo(Stale));
    }

    [TestCase("/my-pages/edit/5"), TestCase("/MY-PAGES/details/5"), TestCase("/late-else/redirected")]
    public async Task Path_of_a_route_that_spells_names_otherwise_is_evicted(string target)
    {
        await using var host = await StartAsync();
        Assert.That((await host.ExchangeAsync("GET", "/my-pages/details/5")).Text, Is.EqualTo("details 5"));
        Assert.That((await host.ExchangeAsync("GET", "/My-Pages/Details/5")).Outcome, Is.EqualTo(Hit));

        await host.ExchangeAsync("POST", target);

        Assert.That((await host.ExchangeAsync("GET", "/my-pages/details/5")).Outcome, Is.EqualTo(Stale));
    }

    [Test]
    public async Task Path_of_a_dynamic_route_is_evicted()
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/dynamic/by/name/team");
        var hit = await host.ExchangeAsync("GET", "/dynamic/by/name/team");
        Assert.That((hit.Outcome, hit["Cache-Control"]), Is.EqualTo((Hit, "no-cache")), "what a dynamic route looks at, no header tells");

        await host.ExchangeAsync("POST", "/dynamic/by/name/team");

        Assert.That((await host.ExchangeAsync("GET", "/dynamic/by/name/team")).Outcome, Is.EqualTo(Stale));
    }

    private static Task<CachedHost> StartAsync(Action<WebApplication>? pipeline = null, string? redis = null, bool isRealTime = false) => CachedHost.StartAsync(
        [typeof(LateController), typeof(LateElseController), typeof(MyPagesController), typeof(SlugController)],
        settings: new() { ["EvictionTimeout"] = "00:00:00.100" }, redis: redis,
        services: services => (isRealTime ? services.AddSingleton(TimeProvider.System) : services).AddSingleton<Gate>().AddSingleton<Slugs>()
            .Configure<RouteOptions>(options => options.ConstraintMap["kebab"] = typeof(Kebab)),
        pipeline: app =>
        {
            pipeline?.Invoke(app);
            app.MapControllerRoute("pages", "{controller:kebab}/{action:kebab}/{id?}");
            app.MapDynamicControllerRoute<Slugs>("dynamic/by/name/{slug}");
        });

    /// <summary>The row, and where its commit waits.</summary>
    public sealed class Gate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Row { get; private set; } = "old";

        /// <summary>What the row was when its eviction was made known.</summary>
        public string? Told { get; set; }

        public Task Reached => _reached.Task.WaitAsync(Runs.Deadline);

        public void Open() => _open.SetResult();

        public void Change() => Row = "new";

        public Task WaitAsync()
        {
            _reached.SetResult();
            return _open.Task.WaitAsync(Runs.Deadline);
        }

        public async Task CommitAsync()
        {
            await WaitAsync();
            Change();
        }
    }

    [Route("late"), RedisCached(Seconds = 60, Tags = ["late"])]
    public sealed class LateController(Gate gate) : Controller
    {
        [HttpGet]
        public IActionResult Get() => Content(gate.Row);

        [HttpPost("committed"), RedisCacheEvict("late")]
        public IActionResult PostCommitted() => NoContent();

        [HttpPost("iterated"), RedisCacheEvict("late")]
        public async IAsyncEnumerable<int> PostIterated([EnumeratorCancellation] CancellationToken cancel = default)
        {
            yield return 1;
            await gate.CommitAsync().WaitAsync(cancel);
            yield return 2;
        }

        [HttpPost("executed"), RedisCacheEvict("late")]
        public IActionResult PostExecuted() => new CommittingResult(gate);

        [HttpPost("told"), RedisCacheEvict("late")]
        public IActionResult PostTold(int status = 200)
        {
            HttpContext.Features.Get<RedisCacheEvictFeature>()!.OnEvicted(() => gate.Told = gate.Row);
            return new CommittingResult(gate, status);
        }

        [HttpPost("yielded"), RedisCacheEvict("late")]
        public IEnumerable<int> PostYielded()
        {
            gate.CommitAsync().Wait();
            yield return 1;
        }

        [HttpPost("json"), RedisCacheEvict("late")]
        public IActionResult PostJson() => Json(PostIterated());

        [HttpPost("synchronous"), RedisCacheEvict("late")]
        public IActionResult PostSynchronous() => new SynchronousResult(gate);

        [HttpPost("answered"), RedisCacheEvict("late")]
        public async Task<IActionResult> PostAnswered()
        {
            gate.Change();
            Response.ContentLength = 2;
            await Response.WriteAsync("ok");
            await gate.WaitAsync();
            return new EmptyResult();
        }

        [HttpPost("plain"), RedisCacheEvict("late")]
        public async Task PostPlain()
        {
            gate.Change();
            await Response.WriteAsync("done");
        }

        public override async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
        {
            await next();
            if (context.ActionDescriptor.RouteValues["action"] == nameof(PostCommitted))
                await gate.CommitAsync();
        }
    }

    /// <summary>A result of the framework's that does more.</summary>
    private sealed class SynchronousResult(Gate gate) : StatusCodeResult(204)
    {
        public override void ExecuteResult(ActionContext context)
        {
            gate.CommitAsync().Wait();
            base.ExecuteResult(context);
        }
    }

    private sealed class CommittingResult(Gate gate, int status = 200) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            context.HttpContext.Response.StatusCode = status;
            return gate.CommitAsync();
        }
    }

    /// <summary>Its own URIs are no cached action's.</summary>
    [Route("late-else")]
    public sealed class LateElseController(Gate gate) : ControllerBase
    {
        [HttpPost("told/by/no/cached/path")]
        public IActionResult PostTold()
        {
            HttpContext.Features.Get<RedisCacheEvictFeature>()!.OnEvicted(() => gate.Told = gate.Row);
            return new CommittingResult(gate);
        }

        [HttpPost("located")]
        public IActionResult PostLocated()
        {
            Response.Headers.Location = "/late";
            return StatusCode(201);
        }

        [HttpPost("redirected")]
        public IActionResult PostRedirected() => LocalRedirect("/my-pages/details/5");
    }

    [RedisCached(Seconds = 60)]
    public sealed class MyPagesController : ControllerBase
    {
        [HttpGet, ActionName("Details")]
        public IActionResult GetDetails(int id) => Content($"details {id}");

        [HttpPost, ActionName("Details")]
        public IActionResult PostDetails(int id) => StatusCode(id > 0 ? 204 : 400);

        [HttpPost]
        public IActionResult Edit(int id) => RedirectToAction("Details", new { id });
    }

    [RedisCached(Seconds = 60, ClientSeconds = 9)]
    public sealed class SlugController : ControllerBase
    {
        [HttpGet, ActionName("Show")]
        public IActionResult GetShow() => Content("shown");

        [HttpPost, ActionName("Show")]
        public IActionResult PostShow() => NoContent();
    }

    private sealed class Slugs : DynamicRouteValueTransformer
    {
        public override ValueTask<RouteValueDictionary> TransformAsync(HttpContext httpContext, RouteValueDictionary values) =>
            new(new RouteValueDictionary { ["controller"] = "Slug", ["action"] = "Show" });
    }

    private sealed class Kebab : IOutboundParameterTransformer
    {
        public string? TransformOutbound(object? value) => value is "MyPages" ? "my-pages" : value?.ToString()?.ToLowerInvariant();
    }
}
