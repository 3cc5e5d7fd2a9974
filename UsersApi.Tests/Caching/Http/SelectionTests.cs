using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What selects a response besides its URI: Vary, Accept, culture, and who asks.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class SelectionTests
{
    private const string Csv = "text/csv";
    private const string Json = "application/json; charset=utf-8";

    private readonly Table _table = new(typeof(SelectionController), typeof(LenientController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("The attribute's Vary selects a response and is said",
            Get("/selection/tenant", ("X-Tenant", "a")).Is("fwd=uri-miss; stored").Says("\"a\"").With("Vary", "X-Tenant, Accept"),
            Get("/selection/tenant", ("X-Tenant", "b")).Is("fwd=uri-miss; stored").Says("\"b\""),
            Get("/selection/tenant").Is("fwd=uri-miss; stored").Says("\"\""),
            Get("/selection/tenant", ("X-Tenant", "a")).Is("hit; ttl=60").Says("\"a\"").With("Vary", "X-Tenant, Accept"),
            Get("/selection/tenant", ("X-Tenant", "a"), ("If-None-Match", "*")).Gives(304).With("Vary", "X-Tenant, Accept")),
        new Row("A header argument selects a response and is said",
            Get("/selection/header", ("X-Number", "1")).Says("1").With("Vary", "X-Number, Accept"), Get("/selection/header", ("X-Number", "2")).Says("2"),
            Get("/selection/header", ("x-number", "01")).Is("hit; ttl=60").Says("1").With("Vary", "X-Number, Accept")),
        new Row("A header argument that is empty is another than one that is absent, where the action looks at the header too",
            Get("/selection/text", ("X-Text", "")).Is("fwd=uri-miss; stored").Says("\"1 \""), Get("/selection/text").Is("fwd=uri-miss; stored").Says("\"0 \""),
            Get("/selection/text", ("X-Text", "a,b")).Says("\"1 a,b\""), Get("/selection/text", ("X-Text", "a"), ("X-Text", "b")).Says("\"2 a,b\"")),
        new Row("The action's own Vary selects from the first response on",
            Get("/selection/own", ("X-Own", "a")).Is("fwd=uri-miss; stored").Says("\"a\"").With("Vary", "X-Own, Accept"), Get("/selection/own", ("X-Own", "a")).Is("hit; ttl=60"),
            Get("/selection/own", ("X-Own", "b")).Is("fwd=uri-miss; stored").Says("\"b\""),
            Get("/selection/own", ("X-Own", "a")).Is("hit; ttl=60").Says("\"a\"").With("Vary", "X-Own, Accept"), Get("/selection/own").Is("fwd=uri-miss; stored").Says("\"\"")) { Settings = [] },
        new Row("A Vary added through the feature selects from the first response on",
            Get("/selection/feature", ("X-Feature", "a")).Is("fwd=uri-miss; stored").With("Vary", "X-Feature, Accept"),
            Get("/selection/feature", ("X-Feature", "b")).Is("fwd=uri-miss; stored").Says("\"b\""), Get("/selection/feature", ("X-Feature", "a")).Is("hit; ttl=60").Says("\"a\"")) { Settings = [], IsLikePlain = false },
        new Row("Vary star is never stored", Get("/selection/star").Is("fwd=uri-miss; detail=vary"), Get("/selection/star").Is("fwd=uri-miss; detail=vary").Runs(2)),
        new Row("Vary by a cookie is never stored", Get("/selection/cookie").Is("fwd=uri-miss; detail=vary"), Get("/selection/cookie").Is("fwd=uri-miss; detail=vary").Runs(2)),
        new Row("A response that is not stored says Vary too",
            Get("/selection/missing", ("X-Tenant", "a")).Gives(404).Is("fwd=uri-miss; detail=status").With("Vary", "X-Tenant, Accept")),
        new Row("A response over the cap says Vary too",
            Get("/selection/tenant", ("X-Tenant", "aaaaaaa")).Is("fwd=uri-miss; detail=too-large").With("Vary", "X-Tenant, Accept")) { Settings = new() { ["MaxBodyBytes"] = "5" } },
        new Row("Accept selects between formatters",
            Get("/selection/list").With("Content-Type", Json).With("Vary", "Accept"), Get("/selection/list", ("Accept", Csv)).Is("fwd=uri-miss; stored").With("Content-Type", Csv).Says("1;2"),
            Get("/selection/list", ("Accept", Csv)).Is("hit; ttl=60").Says("1;2").With("Vary", "Accept"), Get("/selection/list", ("Accept", "*/*")).Is("fwd=uri-miss; stored").Says("[1,2]")) { Services = AddCsv },
        Accepts("behind one that the result cannot take", "/selection/any", "text/plain, text/csv", "text/plain, application/json"),
        Accepts("behind one that the result excludes", "/selection/narrow", "text/json, text/csv", "text/json, application/json"),
        Accepts("with quality 0", "/selection/list", "text/csv;q=0", "text/html"),
        Accepts("beside something unreadable", "/selection/list", "text/csv, @", "application/json, @"),
        Accepts("with parameters", "/selection/list", "text/csv;header=present, application/json", "application/json, text/csv;header=present"),
        Accepts("beside a wildcard of a kind", "/selection/any", "text/*", "application/*"),
        Accepts("with a word that looks like any type", "/selection/list", "text/csv, a*/*", "*/*"),
        Accepts("beside any type with a quality that is none", "/selection/list", "text/csv, */*;q=abc", "*/*"),
        Accepts("beside any type in what is none", "/selection/list", "text/csv, x(*/*", "text/html, */*;q=0.8"),
        Accepts("where the attribute names a type of .NET alone", "/selection/typed", Csv, "*/*"),
        new Row("An Accept that only the value's own type meets never gets another's response",
            Get("/selection/any", ("Accept", Csv)).Says("1;2"), Get("/selection/any").Is("fwd=uri-miss; stored").Says("[1,2]"), Get("/selection/any", ("Accept", Csv)).Is("hit; ttl=60").Says("1;2")) { Services = AddCsvToOneOfJson },
        new Row("An action that produces one type ignores Accept", Get("/selection/produces", ("Accept", Csv)).With("Content-Type", Json).Without("Vary"), Get("/selection/produces").Is("hit; ttl=60").With("Content-Type", Json)) { Services = AddCsv },
        new Row("Accept-Charset, which RFC 9110 deprecates, selects nothing",
            Get("/selection/list", ("Accept-Charset", "utf-16")).With("Content-Type", Json), Get("/selection/list").Is("hit; ttl=60").With("Content-Type", Json)) { IsLikePlain = false },
        new Row("The culture selects a response",
            Get("/selection/culture", ("X-Culture", "de")).Says("\"de\""), Get("/selection/culture", ("X-Culture", "fr")).Is("fwd=uri-miss; stored").Says("\"fr\""), Get("/selection/culture", ("X-Culture", "de")).Is("hit; ttl=60").Says("\"de\""))
            { Pipeline = UseHeaders },
        new Row("Anonymous bypasses with credentials or a user",
            Get("/selection/anonymous", ("Authorization", "Bearer x")).Is("fwd=bypass; detail=credentials").Runs(1), Get("/selection/anonymous", ("X-User", "a")).Is("fwd=bypass; detail=credentials").Runs(2),
            Get("/selection/anonymous").Is("fwd=uri-miss; stored").Runs(3), Get("/selection/anonymous").Is("hit; ttl=60").Runs(3), Get("/selection/anonymous", ("Authorization", "Bearer x")).Is("fwd=bypass; detail=credentials").Runs(4)) { Pipeline = UseHeaders },
        new Row("Anonymous bypasses with a user behind the first identity, and with claims that nobody authenticated",
            Get("/selection/name", ("X-Key", "a")).Is("fwd=bypass; detail=credentials").Says("\"a\""), Get("/selection/name", ("X-Claim", "b")).Is("fwd=bypass; detail=credentials").Says("\"b\""),
            Get("/selection/name").Is("fwd=uri-miss; stored").Says("\"\""), Get("/selection/name", ("X-Key", "a")).Says("\"a\"")) { Pipeline = UseHeaders },
        new Row("Everyone shares with credentials too",
            Get("/selection/everyone", ("Authorization", "Bearer x"), ("X-User", "a")).Is("fwd=uri-miss; stored"), Get("/selection/everyone", ("X-User", "b")).Is("hit; ttl=60"), Get("/selection/everyone").Is("hit; ttl=60").Runs(1)) { Pipeline = UseHeaders },
        new Row("Each user has responses of one's own, marked private",
            Get("/selection/mine", ("X-User", "a")).Is("fwd=uri-miss; stored").Says("\"a\"").With("Cache-Control", "private, no-cache"), Get("/selection/mine", ("X-User", "b")).Is("fwd=uri-miss; stored").Says("\"b\""),
            Get("/selection/mine", ("X-User", "a")).Is("hit; ttl=60").Says("\"a\"").With("Cache-Control", "private, no-cache"), Get("/selection/mine").Is("fwd=bypass; detail=no-subject").Says("\"\"")) { Pipeline = UseHeaders },
        new Row("Users of two schemes are two users, though their subjects are one text",
            Get("/selection/mine", ("X-User", "a")).Is("fwd=uri-miss; stored"), Get("/selection/mine", ("X-Client", "a")).Is("fwd=uri-miss; stored"), Get("/selection/mine", ("X-User", "a")).Is("hit; ttl=60")) { Pipeline = UseHeaders },
        new Row("An invalid argument never reaches the cache, even where the action answers it",
            Get("/lenient").Is("fwd=uri-miss; stored").Says("7"), Get("/lenient?number=abc").Gives(400), Get("/lenient?number=7").Is("hit; ttl=60").Says("7")),
        new Row("A request that validation refuses never reaches the cache", Get("/selection/header", ("X-Number", "abc")).Gives(400).Is("").Runs(0), Get("/selection/header", ("X-Number", "0")).Is("fwd=uri-miss; stored")),
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Accepts(string what, string target, string first, string second) => new(
        $"An Accept {what} never gets another's response", Get(target, ("Accept", first)), Get(target, ("Accept", second)), Get(target, ("Accept", first)), Get(target, ("Accept", second)))
    { Services = AddCsv };

    private static void AddCsv(IServiceCollection services) => services.Configure<MvcOptions>(options => options.OutputFormatters.Add(new CsvFormatter()));

    private static void AddCsvToOneOfJson(IServiceCollection services) => services.Configure<MvcOptions>(options =>
    {
        options.OutputFormatters.RemoveType<StringOutputFormatter>();
        options.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single().SupportedMediaTypes.Remove("text/json");
        options.OutputFormatters.Add(new CsvFormatter());
    });

    private static void UseHeaders(WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
        }

        if (context.Request.Headers["X-Client"].ToString() is { Length: > 0 } client)
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", client)], "clients"));
        }

        if (context.Request.Headers["X-Key"].ToString() is { Length: > 0 } key)
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim("sub", key)], "keys"));
        }

        if (context.Request.Headers["X-Claim"].ToString() is { Length: > 0 } claim)
        {
            context.User.AddIdentity(new ClaimsIdentity([new Claim("sub", claim)]));
        }

        if (context.Request.Headers["X-Culture"].ToString() is { Length: > 0 } culture)
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new NamedCulture(culture);
        }

        return next(context);
    });

    private sealed class NamedCulture(string name) : CultureInfo("")
    {
        public override string Name => name;
    }

    private sealed class CsvFormatter : TextOutputFormatter
    {
        public CsvFormatter()
        {
            SupportedMediaTypes.Add(Csv);
            SupportedEncodings.Add(new System.Text.UTF8Encoding(false));
        }

        public override Task WriteResponseBodyAsync(OutputFormatterWriteContext context, System.Text.Encoding selectedEncoding)
        {
            context.HttpContext.Response.ContentType = Csv;
            return context.HttpContext.Response.WriteAsync(string.Join(';', (int[])context.Object!));
        }

        protected override bool CanWriteType(Type? type) => type == typeof(int[]);
    }

    [ApiController, Route("selection"), RedisCached(Seconds = 60)]
    public sealed class SelectionController : ControllerBase
    {
        [HttpGet("tenant"), RedisCached(Seconds = 60, Vary = ["X-Tenant"])]
        public IActionResult GetTenant() => new JsonResult(Request.Headers["X-Tenant"].ToString());

        [HttpGet("header")]
        public int GetHeader([FromHeader(Name = "X-Number")] int number = 0) => number;

        [HttpGet("text")]
        public IActionResult GetText([FromHeader(Name = "X-Text")] string? text) => new JsonResult($"{Request.Headers["X-Text"].Count} {text}");

        [HttpGet("own")]
        public IActionResult GetOwn()
        {
            Response.Headers.Vary = "X-Own";
            return new JsonResult(Request.Headers["X-Own"].ToString());
        }

        [HttpGet("feature")]
        public IActionResult GetFeature()
        {
            HttpContext.Features.Get<RedisCachedFeature>()?.Vary("X-Feature");
            return new JsonResult(Request.Headers["X-Feature"].ToString());
        }

        [HttpGet("star")]
        public int GetStar()
        {
            Response.Headers.Vary = "*";
            return 1;
        }

        [HttpGet("cookie")]
        public int GetCookie()
        {
            Response.Headers.Vary = "Accept, cookie";
            return 1;
        }

        [HttpGet("missing"), RedisCached(Seconds = 60, Vary = ["X-Tenant"])]
        public IActionResult GetMissing() => new NotFoundObjectResult(Request.Headers["X-Tenant"].ToString().Length);

        [HttpGet("list")]
        public int[] GetList() => [1, 2];

        [HttpGet("any")]
        public IActionResult GetAny() => Ok(new[] { 1, 2 });

        [HttpGet("narrow")]
        public IActionResult GetNarrow() => new ObjectResult(new[] { 1, 2 }) { ContentTypes = { "text/csv", "application/json" } };

        [HttpGet("produces"), Produces("application/json")]
        public int[] GetProduces() => [1, 2];

        [HttpGet("typed"), Produces(typeof(int[]))]
        public int[] GetTyped() => [1, 2];

        [HttpGet("culture")]
        public IActionResult GetCulture() => new JsonResult(CultureInfo.CurrentCulture.Name);

        [HttpGet("anonymous")]
        public int GetAnonymous() => 1;

        [HttpGet("name")]
        public IActionResult GetName() => new JsonResult(User.FindFirst("sub")?.Value ?? "");

        [HttpGet("everyone"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
        public int GetEveryone() => 1;

        [HttpGet("mine"), RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
        public IActionResult GetMine() => new JsonResult(User.FindFirst("sub")?.Value ?? "");
    }

    /// <summary>Without the automatic 400.</summary>
    [Route("lenient"), RedisCached(Seconds = 60)]
    public sealed class LenientController : ControllerBase
    {
        [HttpGet]
        public IActionResult Get(int number = 7) => ModelState.IsValid ? Ok(number) : BadRequest(ModelState.GetFieldValidationState("number") is ModelValidationState.Invalid);
    }
}
