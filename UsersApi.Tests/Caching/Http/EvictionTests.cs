using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Unsafe requests evict what they may have changed (RFC 9111, section 4.4, and the tags of their attribute).</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class EvictionTests
{
    private readonly Table _table = new(typeof(ItemsController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        Evicts("its own URI", "PUT", "/items/5", 204), Evicts("its own URI on 302", "PUT", "/items/5?status=302", 302), Evicts("its own URI on 500", "PUT", "/items/5?status=500", 500),
        Evicts("its own URI on a throw", "PUT", "/items/5?status=0", 500), Evicts("its own URI written otherwise", "PUT", "/ITEMS/05", 204),
        Evicts("its Location", "POST", "/items?location=/items/5", 201, "/items/5", isBased: true), Evicts("its absolute Location", "POST", "/items?location=http://test.example/items/5", 201, "/items/5", isBased: true),
        Evicts("its relative Location", "POST", "/items?location=items/5", 201), Evicts("its Content-Location", "POST", "/items?content=items/5", 201),
        Evicts("a Location of several segments", "POST", "/items?location=items/files/a/b", 201, "/items/files/a/b"), Evicts("a Location of parts of a segment", "POST", "/items?location=items/parts/a.b", 201, "/items/parts/a.b"),
        Evicts("its own URI of several segments", "DELETE", "/items/files/a/b", 204, "/items/files/a/b"),
        Evicts("its own URI where its result throws", "PATCH", "/items/5", 500),
        Evicts("its own URI of a query", "PUT", "/items/5", 204, "/items/5?x=1"),
        Evicts("its own URI that leaves out an optional value", "POST", "/items/pages", 204, "/items/pages"), Evicts("its own URI that leaves out a default", "POST", "/items/sorted", 204, "/items/sorted"),
        Keeps("on 400", "PUT", "/items/5?status=400", 400), Keeps("on 412", "PUT", "/items/5?status=412", 412), Keeps("for another's Location", "POST", "/items?location=http://other.example/items/5", 201), Keeps("for another URI", "PUT", "/items/6", 204),
        Tags("a plain tag, in bulk", "/items/tags/all", "fwd=stale; stored", "fwd=stale; stored"), Tags("a tag with an argument", "/items/tags/1", "fwd=stale; stored", "hit; ttl=60"),
        Tags("a tag with another argument", "/items/tags/3", "hit; ttl=60", "hit; ttl=60"),
        new Row("An unsafe request evicts a tag with a header argument",
            Get("/items/tenant", ("X-Tenant", "a")), Get("/items/tenant", ("X-Tenant", "a")).Is("hit; ttl=60"), Send("POST", "/items/tenant/changes", ("X-Tenant", "a")).Gives(204), Get("/items/tenant", ("X-Tenant", "a")).Is("fwd=stale; stored")) { Settings = [] },
        new Row("A safe request evicts nothing", Get("/items/5"), Head("/items/5").Is("hit; ttl=60"), Send("OPTIONS", "/items/5").Gives(200), Get("/items/5").Is("hit; ttl=60")) { IsLikePlain = false },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Evicts(string what, string method, string target, int status, string get = "/items/5", bool isBased = false) => new(
        $"A {method} evicts {what}", Get(get).Is("fwd=uri-miss; stored"), Get(get).Is("hit; ttl=60"), Send(method, isBased ? target + "&based=true" : target).Gives(status), Get(get).Is("fwd=stale; stored"))
    { IsLikePlain = false };

    private static Row Keeps(string when, string method, string target, int status) => new(
        $"A {method} evicts nothing {when}", Get("/items/5"), Send(method, target).Gives(status), Get("/items/5").Is("hit; ttl=60"))
    { IsLikePlain = false };

    private static Row Tags(string what, string target, string first, string second) => new(
        $"An unsafe request evicts {what}", Get("/items/tagged/1"), Get("/items/tagged/2"), Get("/items/tagged/1").Is("hit; ttl=60"), Send("POST", target).Gives(204), Get("/items/tagged/1").Is(first), Get("/items/tagged/2").Is(second))
    { Settings = [] };

    /// <summary>The change was made; only where it may be found cannot be said.</summary>
    private sealed class NamelessResult(int id) : ObjectResult(id)
    {
        public override void OnFormatting(ActionContext context) => throw new NotSupportedException();
    }

    [ApiController, Route("items"), RedisCached(Seconds = 60)]
    public sealed class ItemsController : ControllerBase
    {
        [HttpGet("{id:int}")]
        public int Get(int id) => id;

        [HttpPut("{id:int}")]
        public IActionResult Put(int id, int status = 204) => status == 0 ? throw new InvalidOperationException($"After the commit of {id}.") : StatusCode(status);

        [HttpPatch("{id:int}")]
        public IActionResult Patch(int id) => new NamelessResult(id);

        [HttpOptions("{id:int}")]
        public void Options(int id) => Response.Headers.Allow = $"GET, {id}";

        [HttpPost]
        public IActionResult Post(string? location = null, string? content = null, bool based = false)
        {
            // The test's rows stand under a path base of their own.
            var path = Request.PathBase.Value;
            Response.Headers.Location = based ? location!.Replace("/items/", path + "/items/", StringComparison.Ordinal) : location;
            Response.Headers.ContentLocation = content;
            return StatusCode(201);
        }

        [HttpGet("files/{**path}")]
        public IActionResult GetFile(string path) => Content(path);

        [HttpDelete("files/{**path}")]
        public IActionResult DeleteFile(string path) => path.Length > 0 ? NoContent() : BadRequest();

        [HttpGet("pages/{page:int?}")]
        public int GetPage(int page = 1) => page;

        [HttpPost("pages")]
        public IActionResult PostPage() => NoContent();

        [HttpGet("sorted/{by=name}")]
        public IActionResult GetSorted(string by) => Content(by);

        [HttpPost("sorted")]
        public IActionResult PostSorted() => NoContent();

        [HttpGet("parts/{a}.{b}")]
        public IActionResult GetParts(string a, string b) => Content($"{a}|{b}");

        [HttpGet("tagged/{id:int}"), RedisCached(Seconds = 60, Tags = ["items", "item:{id}"])]
        public int GetTagged(int id) => id;

        [HttpPost("tags/all"), RedisCacheEvict("items")]
        public IActionResult EvictAll() => NoContent();

        [HttpPost("tags/{id:int}"), RedisCacheEvict("item:{id}")]
        public IActionResult EvictOne(int id, string? location = null)
        {
            Response.Headers.Location = location;
            return id > 0 ? NoContent() : BadRequest();
        }

        [HttpGet("tenant"), RedisCached(Seconds = 60, Tags = ["tenant:{tenant}"])]
        public IActionResult GetTenant([FromHeader(Name = "X-Tenant")] string tenant) => Content(tenant);

        [HttpPost("tenant/changes"), RedisCacheEvict("tenant:{tenant}")]
        public IActionResult ChangeTenant([FromHeader(Name = "X-Tenant")] string tenant) => tenant.Length > 0 ? NoContent() : BadRequest();
    }
}
