using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>The desk in HTTP and as a command. The relay is off: it would evict, some time later, what a write has evicted already.</summary>
public sealed class DeskTests() : SharedApiTest("Development", ("Outbox:Enabled", "false"))
{
    private const string Desk = "/api/v1/cache";
    private const string One = $"{Http.Users}?limit=1";
    private const string Key = "get:/api/v1/users:limit=1&skip=0";

    private static string Admin => TestTokens.Development(Scopes.CacheAdmin);

    [SetUp]
    public async Task Fill()
    {
        await Api.Client.CreateUserAsync("ada@example.com", "Ada");
        await Eventually.HoldsAsync(async () => (await StatusOfAsync(One)).Contains("; hit", StringComparison.Ordinal), "a hit");
    }

    [TestCase("GET", "entries?key=x", null), TestCase("GET", "statistics", null), TestCase("PUT", "switch", """{"enabled":true}""")]
    [TestCase("POST", "explanations", """{"target":"/"}"""), TestCase("POST", "evictions", """{"tags":["all"]}""")]
    public async Task It_is_for_who_has_the_scope(string method, string path, string? json)
    {
        using var nobody = await Api.Anonymous.SendAsync(new HttpMethod(method), $"{Desk}/{path}", json);
        using var writer = await Api.Anonymous.SendAsync(new HttpMethod(method), $"{Desk}/{path}", json, token: TestTokens.Development(Scopes.UsersWrite));

        await nobody.ProblemAsync(HttpStatusCode.Unauthorized);
        await writer.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task An_entry_is_shown_without_its_body_unless_that_is_asked_for()
    {
        var (plain, whole) = (await GetAsync($"entries?key={Uri.EscapeDataString(Key)}"), await GetAsync($"entries?key={Uri.EscapeDataString(Key)}&body=true"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.GetProperty("status").GetInt32(), Is.EqualTo(200));
            Assert.That(plain.GetProperty("body").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(plain.GetRawText(), Does.Not.Contain("ada@example.com"));
            Assert.That(whole.GetProperty("body").GetString(), Does.Contain("ada@example.com"));
        }
    }

    [Test]
    public async Task What_is_not_stored_is_not_found()
    {
        using var response = await Api.Anonymous.FetchAsync($"{Desk}/entries?key=get:/nothing", Admin);

        await response.ProblemAsync(HttpStatusCode.NotFound);
    }

    [TestCase("""{"tags":["users"]}"""), TestCase("""{"tags":["all"]}"""), TestCase("""{"paths":["/api/v1/users"]}""")]
    [TestCase("""{"keys":["get:/api/v1/users:limit=1&skip=0"]}"""), TestCase("""{"keys":["PREFIXget:/api/v1/users:limit=1&skip=0"]}""")]
    [TestCase("""{"paths":["/api/v1/users?limit=1"]}"""), TestCase("""{"paths":["/api/v1/%75sers/"]}""")]
    public async Task What_is_evicted_is_no_hit(string json)
    {
        var prefix = CacheEntryFormat.KeyPrefixOf(Api.Services.GetRequiredService<IOptions<RedisCachedOptions>>().Value);
        using var evicted = await Api.Client.SendAsync(HttpMethod.Post, $"{Desk}/evictions", json.Replace("PREFIX", prefix, StringComparison.Ordinal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(evicted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(await StatusOfAsync(One), Does.Not.Contain("; hit"));
        }
    }

    [TestCase("""{"paths":["/api/v1/other"]}"""), TestCase("""{"tags":["other"]}""")]
    public async Task What_is_not_evicted_stays_a_hit(string json)
    {
        using var evicted = await Api.Client.SendAsync(HttpMethod.Post, $"{Desk}/evictions", json);

        Assert.That(await StatusOfAsync(One), Does.Contain("; hit"));
    }

    [TestCase("{}"), TestCase("""{"tags":[""]}"""), TestCase("""{"paths":["a\u0000"]}"""), TestCase("""{"paths":["api/v1/users"]}""")]
    [TestCase("""{"keys":["x"]}"""), TestCase("""{"keys":["get:/files/{name}.{ext}:{name}=a&{ext}=b"]}"""), TestCase("""{"keys":["get:/a/b#0123"]}""")]
    [TestCase("""{"tags":["TAGS"]}""")]
    public async Task An_eviction_of_nothing_or_of_what_does_not_tell_its_path_is_refused(string json)
    {
        json = json.Replace("TAGS", string.Join("\",\"", Enumerable.Range(0, 101)), StringComparison.Ordinal);
        using var response = await Api.Client.SendAsync(HttpMethod.Post, $"{Desk}/evictions", json);

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task Statistics_count_requests_by_route_and_entries_in_Redis_where_asked()
    {
        var (plain, scanned) = (await GetAsync("statistics"), await GetAsync("statistics?scan=100000"));
        var users = plain.GetProperty("routes").EnumerateArray().Single(route => route.GetProperty("route").GetString() == "api/v1/users");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(users.GetProperty("reasons").GetProperty("hit").GetInt32(), Is.GreaterThanOrEqualTo(1));
            Assert.That(users.GetProperty("hitRatio").GetDouble(), Is.GreaterThan(0).And.LessThan(1));
            Assert.That(plain.GetProperty("inMemory").GetProperty("entries").GetInt32(), Is.GreaterThanOrEqualTo(1));
            Assert.That(plain.GetProperty("stored").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(scanned.GetProperty("stored").GetProperty("routes").GetProperty("api/v1/users").GetProperty("bytes").GetInt32(), Is.GreaterThan(100));
        }
    }

    [Test]
    public async Task The_switch_turns_all_nodes_off_and_on()
    {
        await using var other = Api.StartAnother(("Outbox:Enabled", "false"));
        await other.UntilItCachesAsync();

        using var off = await Api.Client.SendAsync(HttpMethod.Put, $"{Desk}/switch", """{"enabled":false}""");
        Assert.That(await StatusOfAsync(One), Does.Contain("detail=disabled"));
        await Eventually.HoldsAsync(async () => (await StatusOfAsync(One, other)).Contains("disabled", StringComparison.Ordinal), "the other node is off");

        using var on = await other.Client.SendAsync(HttpMethod.Put, $"{Desk}/switch", """{"enabled":true}""");
        await Eventually.HoldsAsync(async () => (await StatusOfAsync(One)).Contains("; hit", StringComparison.Ordinal), "this node is on");
        await Eventually.HoldsAsync(async () => (await StatusOfAsync(One, other)).Contains("; hit", StringComparison.Ordinal), "and the other");
    }

    [Test]
    public async Task The_command_asks_a_node_that_runs()
    {
        var explained = await CommandAsync("explain", One);
        var shown = await CommandAsync("show", Key);
        var evicted = await CommandAsync("evict", "--tag", "users");
        var missed = await CommandAsync("explain", One, "--no-run");
        var refused = await ApiProgram.RunAsync([], "cache", "stats", "--server", Api.Client.BaseAddress!.ToString());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(JsonElement.Parse(explained.Output).GetProperty("verdict").GetString(), Is.EqualTo("hit"));
            Assert.That(JsonElement.Parse(shown.Output).GetProperty("key").GetString(), Is.EqualTo(Key));
            Assert.That(evicted.ExitCode, Is.Zero, evicted.Error);
            Assert.That(JsonElement.Parse(missed.Output).GetProperty("reason").GetString(), Is.EqualTo("evicted"));
            Assert.That(refused.ExitCode, Is.EqualTo(1));
            Assert.That(refused.Error, Does.Contain("cache:admin"));
        }
    }

    [TestCase("explain", One, "-H", "Accept", "is no header"), TestCase("stats", "--server", "ftp://example.com", "--server is a URL"), TestCase("stats", "--server", "http://127.0.0.1:1", "does not answer")]
    public async Task What_a_command_can_not_do_is_told_in_a_line(params string[] words)
    {
        var told = await ApiProgram.RunAsync([("USERSAPI_TOKEN", Admin)], ["cache", .. words[..^1]]);

        Assert.That((told.ExitCode, told.Error.Trim().Split('\n').Length), Is.EqualTo((1, 1)), told.Error);
        Assert.That(told.Error, Does.Contain(words[^1]));
    }

    private Task<(int ExitCode, string Output, string Error)> CommandAsync(params string[] arguments) => ApiProgram.RunAsync(
        [("USERSAPI_TOKEN", Admin), ("ConnectionStrings__Postgres", Api.Database.ConnectionString)],
        _ => Task.CompletedTask,
        ["cache", .. arguments, "--server", Api.Client.BaseAddress!.ToString()]);

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Api.Anonymous.FetchAsync($"{Desk}/{path}", Admin);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        return await response.BodyAsync();
    }

    private async Task<string> StatusOfAsync(string url, UsersApiHost? node = null)
    {
        using var response = await (node ?? Api).Anonymous.FetchAsync(url);
        return response.Headers.GetValues("Cache-Status").Single();
    }
}
