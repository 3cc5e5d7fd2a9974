using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Startup;

public sealed partial class MistakeTests
{
    public sealed record Person(string Name);

    public sealed record Node(string Name, List<Node>? Children);

    public sealed class Page
    {
        public int Number { get; set; }

        [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
        public HttpContext? Http { get; set; }

        public CancellationToken Stop { get; set; }

        public CancellationToken Never => default;

        public int Next => Number + 1;
    }

    [Route("right"), RedisCached(Seconds = 1)]
    public sealed class Right : ControllerBase
    {
        // Bound on POST alone.
        [BindProperty]
        public IFormFile? Upload { get; set; }

        [HttpGet("{id:int}"), RedisCached(Seconds = 31_536_000, Tags = ["rights", "right:{id}"], Vary = ["X-A"])]
        public int Act(int id) => id;

        [HttpPost, RedisCacheEvict("rights")]
        public int Post() => 1;

        [Authorize, HttpGet("mine"), RedisCached(Seconds = 1, Audience = CacheAudience.PerUser)]
        public int Mine() => 1;

        [HttpGet("tree")]
        public string Tree([FromQuery] Node node) => node.Name;

        // MVC takes none of these from the request, however much there is in them.
        [HttpGet("served")]
        public string Served([FromServices] IHttpContextAccessor accessor, [FromServices] IHostApplicationLifetime life) => $"{accessor}{life}";

        [HttpGet("paged")]
        public int Paged([FromQuery] Page page) => page.Next;

        // A configuration may say null, and so may who does not read warnings.
        [HttpGet("none"), RedisCached(Tags = null!, Vary = null!, VaryByClaims = null!, StatusCodes = null!)]
        public int None() => 1;
    }

    [Route("x")]
    public sealed class RefreshedAllTheTime : ControllerBase
    {
        [HttpGet, RedisCached(RefreshBeforeSeconds = 60)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class RefreshNegative : ControllerBase
    {
        [HttpGet, RedisCached(RefreshBeforeSeconds = -1)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class OnPost : ControllerBase
    {
        [HttpPost, RedisCached(Seconds = 1)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TooShort : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 0)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TooLong : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 31_536_001)]
        public int Act() => 1;
    }

    [Route("x"), RedisCached(Seconds = 1, ClientSeconds = -1)]
    public sealed class ClientNegative : ControllerBase
    {
        [HttpGet]
        public int Act() => 1;
    }

    [Route("x"), Authorize]
    public sealed class AnonymousAuthorized : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TagOfNothing : ControllerBase
    {
        [HttpGet("{id}"), RedisCached(Seconds = 1, Tags = ["item:{number}"])]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class TagMalformed : ControllerBase
    {
        [HttpGet("{id}"), RedisCached(Seconds = 1, Tags = ["item{id}"])]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class EvictsNothing : ControllerBase
    {
        [HttpPut("{id}"), RedisCacheEvict("item:{number}")]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class EvictsOnGet : ControllerBase
    {
        [HttpGet, RedisCacheEvict("items")]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class EvictsModel : ControllerBase
    {
        [HttpPut, RedisCacheEvict("user:{user}")]
        public string Act([Microsoft.AspNetCore.Mvc.FromBody] Person user) => user.Name;
    }

    [Route("x")]
    public sealed class PartOnly : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, StatusCodes = [200, 206])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class NotModified : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, StatusCodes = [304])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class VaryCookie : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, Vary = ["Cookie"])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class VaryStar : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, Vary = ["*"])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class FromBody : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public string Act([Microsoft.AspNetCore.Mvc.FromBody] Person user) => user.Name;
    }

    [Route("x")]
    public sealed class OwnBinder : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public int Act([ModelBinder(typeof(Binder))] object thing) => thing.GetHashCode();
    }

    [Route("x")]
    public sealed class HeaderBesideMap : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public string? Act([FromQuery] Search search) => search.Text;
    }

    [Route("x")]
    public sealed class HeaderInRecord : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public string? Act([FromQuery] Words words) => words.Text;
    }

    public sealed record Words(int Number, [FromHeader(Name = "X-Text")] string? Text);

    public sealed class Search
    {
        public Dictionary<string, string>? Map { get; set; }

        [FromHeader(Name = "X-Text")]
        public string? Text { get; set; }
    }

    internal sealed class Binder : Microsoft.AspNetCore.Mvc.ModelBinding.IModelBinder
    {
        public Task BindModelAsync(Microsoft.AspNetCore.Mvc.ModelBinding.ModelBindingContext bindingContext) => Task.CompletedTask;
    }
}
