using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Keys;

[ApiController, Route("keys"), RedisCached(Seconds = 60)]
public sealed class KeysController : ControllerBase
{
    public enum Color
    {
        Red,
        Green,
    }

    [Flags]
    public enum Days
    {
        None = 0,
        Mon = 1,
        Tue = 2,
    }

    [HttpGet("texts")]
    public IActionResult GetTexts(string? q, string? q2 = "a") => Echo(q, q2);

    [HttpGet("numbers")]
    public IActionResult GetNumbers(int i, long l = 1, int? n = null, short? s = 2) => Echo(i, l, n, s);

    [HttpGet("fractions")]
    public IActionResult GetFractions(decimal? d, double x = 1000, bool? b = null) => Echo(d, x, b);

    [HttpGet("times")]
    public IActionResult GetTimes(DateTime? at, DateOnly? on, DateTimeOffset? with, Guid id = default) => Echo(at, on, with, id);

    [HttpGet("enums")]
    public IActionResult GetEnums(Color color = Color.Green, Days? days = null) => Echo(color, days);

    [HttpGet("lists")]
    public IActionResult GetLists([FromQuery] string?[] a, [FromQuery] List<int> n) => Echo(a, n);

    [HttpGet("models")]
    public IActionResult GetModel([FromQuery] Model model) => Echo(model);

    [HttpGet("filled")]
    public IActionResult GetFilled([FromQuery] Filled model) => Echo(model);

    [HttpGet("records")]
    public IActionResult GetRecord([FromQuery] Paged paged) => Echo(paged);

    [HttpGet("prefixed")]
    public IActionResult GetPrefixed([FromQuery] Model first, [FromQuery] Model second) => Echo(first, second);

    [HttpGet("headers")]
    public IActionResult GetHeaders([FromHeader(Name = "X-Text")] string? text, [FromHeader(Name = "X-Number")] int number, int q = 1) => Echo(text, number, q);

    [HttpGet("dictionary")]
    public IActionResult GetDictionary([FromQuery] Mapped model) => Echo(model.Map, model.Name);

    [HttpGet("routes/{id:int}/{name}")]
    public IActionResult GetRoute(int id, string name, string? q = null) => Echo(id, name, q);

    [HttpGet("rest/{**path}")]
    public IActionResult GetRest(string? path) => Echo(path);

    [HttpGet("parts/{a}.{b}")]
    public IActionResult GetParts(string a, string b) => Echo(a, b);

    [HttpGet("raw")]
    public IActionResult GetRaw() =>
        Echo(Request.Query.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new { pair.Key, Values = pair.Value.ToArray() }).ToArray());

    [HttpGet("path/{id}")]
    public IActionResult GetPath(int id) => Echo(id, Request.Query["x"].ToString());

    [HttpGet("only/{id}"), RedisCached(Seconds = 60, DeclaredQueryOnly = true)]
    public IActionResult GetOnly(int id) => Echo(id);

    [HttpGet("indexer")]
    public IActionResult GetIndexer(int declared = 1) => Echo(declared, Request.Query["undeclared"].ToString());

    [HttpGet("contains")]
    public IActionResult GetContains(int declared = 1) => Echo(declared, Request.Query.ContainsKey("undeclared"));

    [HttpGet("enumeration")]
    public IActionResult GetEnumeration(int declared = 1) => Echo(declared, Request.Query.Select(pair => pair.Key).ToArray());

    [HttpGet("querystring")]
    public IActionResult GetQueryString(int declared = 1) => Echo(declared, Request.QueryString.Value);

    [HttpGet("late")]
    public async Task<IActionResult> GetLate(int declared = 1)
    {
        var model = new Model();
        await TryUpdateModelAsync(model);
        return Echo(declared, model);
    }

    [HttpGet("unread")]
    public IActionResult GetUnread(int declared = 1) => Echo(declared);

    internal static ContentResult Echo(params object?[] values) =>
        new() { Content = JsonSerializer.Serialize(values), ContentType = "application/json" };

    public sealed record Paged(string? Text, int Page = 1);

    public sealed class Inner
    {
        public int? Size { get; set; }
    }

    public sealed class Model
    {
        public string? Name { get; set; } = "a";

        public List<string?>? Tags { get; set; }

        public Inner? Inner { get; set; }

        public Color Color { get; init; }
    }

    /// <summary>MVC fills the collection and the model that it finds.</summary>
    public sealed class Filled
    {
        public string? Name { get; set; }

        public List<string?> Tags { get; } = [];

        public Inner Inner { get; } = new();
    }

    public sealed class Mapped
    {
        public Dictionary<string, string?>? Map { get; set; }

        public string? Name { get; set; }
    }
}

[ApiController, Route("keys"), RedisCached(Seconds = 60)]
public sealed class PropertiesController : ControllerBase
{
    [BindProperty(SupportsGet = true, Name = "bound")]
    public string? Bound { get; set; }

    [HttpGet("properties")]
    public IActionResult GetProperties(int own = 1) => KeysController.Echo(Bound, own);
}
