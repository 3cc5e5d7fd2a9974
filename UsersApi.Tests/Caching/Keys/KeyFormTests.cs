using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Keys;

/// <summary>How keys look in Redis, which reads of the query are noticed, and that the request stays as it was.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class KeyFormTests
{
    [TestCase("/keys/numbers?s=2&i=007", "get:/keys/numbers:i=7&l=1&s=2")]
    [TestCase("/KEYS/Texts?q=a%26b%20c", "get:/keys/texts:q2=a&q=a%26b%20c")]
    [TestCase("/keys/routes/05/a%20b?q=x", "get:/keys/routes/5/a%20b:q=x")]
    [TestCase("/keys/parts/a.b.c", "get:/keys/parts/{a}.{b}:{a}=a.b&{b}=c")]
    [TestCase("/keys/lists?a=2&a=1&n=3", "get:/keys/lists:a=2&a=1&n=3")]
    [TestCase("/keys/lists", "get:/keys/lists:a[]&n[]")]
    [TestCase("/keys/raw?b=1&a=2&b=0", "get:/keys/raw:b=1&a=2&b=0")]
    [TestCase("/keys/raw", "get:/keys/raw")]
    [TestCase("/keys/path/5?x=2&x=1", "get:/keys/path/5:x=2&x=1")]
    [TestCase("/keys/only/5?x=2&x=1", "get:/keys/only/5")]
    [TestCase("/keys/records?Page=2", "get:/keys/records:Page=2")]
    public async Task Key_is_readable(string target, string key) => Assert.That(await KeyOfAsync(target), Is.EqualTo(key));

    [Test]
    public async Task Host_and_scheme_are_in_the_key_unless_turned_off()
    {
        var settings = new Dictionary<string, string?> { ["KeyByHost"] = "true" };

        Assert.That(await KeyOfAsync("/keys/raw", settings, ("Host", "Api.Example:8080")), Is.EqualTo("get:http://api.example%3A8080/keys/raw"));
    }

    [Test]
    public async Task Header_stands_in_a_section_of_its_own() =>
        Assert.That(await KeyOfAsync("/keys/headers", null, ("X-Text", "a:b"), ("X-Number", "1")), Does.Match("^get:/keys/headers:q=1:X-NUMBER&X-TEXT~[0-9a-f]{32}$"));

    [Test]
    public async Task Long_keys_are_cut_and_stay_different()
    {
        var prefix = $"test:{Guid.NewGuid():N}:";
        var text = new string('x', 500);
        await using (var host = await CachedHost.StartAsync([typeof(KeysController)], new() { ["MaxKeyLength"] = "200" }, prefix: prefix))
        {
            await host.ExchangeAsync("GET", $"/keys/texts?q={text}1");
            Assert.That((await host.ExchangeAsync("GET", $"/keys/texts?q={text}2")).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
            Assert.That((await host.ExchangeAsync("GET", $"/keys/texts?q={text}1")).Outcome, Is.EqualTo("hit; ttl=60"));
        }

        var keys = await KeysAsync(prefix);
        Assert.That(keys, Has.Length.EqualTo(2));
        Assert.That(keys, Is.All.Match("^get:/keys/texts:q2=a&q=x+#[0-9a-f]{64}$").And.All.Length.EqualTo(200));
    }

    [TestCase("/keys/indexer?undeclared=1"), TestCase("/keys/indexer"), TestCase("/keys/contains?undeclared=1"), TestCase("/keys/enumeration?a=1"), TestCase("/keys/querystring?a=1")]
    public async Task Undeclared_read_is_noticed_and_nothing_stored(string target)
    {
        await using var host = await CachedHost.StartAsync([typeof(KeysController)]);

        for (var i = 0; i < 2; i++)
        {
            var response = await host.ExchangeAsync("GET", target);
            Assert.That((response.Status, response.Outcome), Is.EqualTo((200, "fwd=uri-miss; detail=undeclared-query")));
        }
    }

    [Test]
    public async Task Undeclared_parameter_that_nobody_reads_changes_nothing()
    {
        await using var host = await CachedHost.StartAsync([typeof(KeysController)]);
        await host.ExchangeAsync("GET", "/keys/unread?x=1");

        Assert.That((await host.ExchangeAsync("GET", "/keys/unread?y=2&declared=01")).Outcome, Is.EqualTo("hit; ttl=60"));
    }

    [Test]
    public async Task Request_is_not_altered()
    {
        var seen = new Seen();
        await using var host = await CachedHost.StartAsync(
            [typeof(KeysController)], services: services => services.Configure<MvcOptions>(options => options.Filters.Add(seen)));

        for (var i = 0; i < 2; i++)
        {
            await host.ExchangeAsync("GET", "/keys/numbers?s=3&i=01&x=1", ("Range", "bytes=0-1"), ("If-None-Match", "\"x\""), ("X-Own", "b"));
        }

        Assert.That(seen.Texts.Distinct().ToArray(), Has.Length.EqualTo(1));
        Assert.That(seen.Texts, Has.Count.EqualTo(6).And.All.Contains("?s=3&i=01&x=1").And.All.Contains("Range=bytes=0-1").And.All.Contains("If-None-Match=\"x\""));
    }

    private static async Task<string> KeyOfAsync(string target, Dictionary<string, string?>? settings = null, params (string Name, string Value)[] headers)
    {
        var prefix = $"test:{Guid.NewGuid():N}:";
        await using (var host = await CachedHost.StartAsync([typeof(KeysController)], settings, prefix: prefix))
        {
            var response = await host.ExchangeAsync("GET", target, headers);
            Assert.That(response.Outcome, Is.EqualTo("fwd=uri-miss; stored"), response.Text);
        }

        return (await KeysAsync(prefix)).Single();
    }

    /// <summary>What a host that has stopped, and so has drained its queue, left in Redis.</summary>
    private static async Task<string[]> KeysAsync(string prefix)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var start = $"{prefix}v{CacheEntry.FormatRevision}:";
        return [.. redis.GetServers()[0].Keys(pattern: start + "get:*", pageSize: 10_000).Select(key => key.ToString()[start.Length..])];
    }

    private sealed class Seen : IActionFilter, IResultFilter, IOrderedFilter
    {
        public int Order => int.MinValue;

        public List<string> Texts { get; } = [];

        public void OnActionExecuting(ActionExecutingContext context) => Look(context.HttpContext.Request);

        public void OnActionExecuted(ActionExecutedContext context) => Look(context.HttpContext.Request);

        public void OnResultExecuting(ResultExecutingContext context)
        {
            // Looked at when the response is done.
        }

        public void OnResultExecuted(ResultExecutedContext context) => Look(context.HttpContext.Request);

        private void Look(HttpRequest request) => Texts.Add(
            $"{request.Method} {request.Path}{request.QueryString} {string.Join('&', request.Query.Select(pair => $"{pair.Key}={pair.Value}"))} {string.Join(';', request.Headers.Select(header => $"{header.Key}={header.Value}"))}");
    }
}
