using System.Net;
using System.Text.Json;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>Why a request would be a hit, or would not.</summary>
public sealed class ExplainTests
{
    private const string One = $"{Http.Users}?limit=1";

    [Test]
    public async Task A_hit() => await ExplainedAsync(One, "hit", "hit", api => FillAsync(api, One));

    [Test]
    public async Task A_miss_whose_answer_could_be_stored_is_not_stored_by_asking()
    {
        await using var api = await StartAsync();
        var first = await ExplainAsync(api, One);
        var again = await ExplainAsync(api, One);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(VerdictOf(first), Is.EqualTo("miss absent"));
            Assert.That(VerdictOf(again), Is.EqualTo("miss absent"), "nothing of it was stored");
            Assert.That(first.GetProperty("key").GetString(), Is.EqualTo("get:/api/v1/users:limit=1&skip=0"));
            Assert.That(first.GetProperty("action").GetString(), Does.Contain("UsersController.List"));
            Assert.That(first.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()), Does.Contain("users").And.Contain("all"));
            Assert.That(first.GetProperty("steps").EnumerateArray().Last().GetString(), Does.EndWith("could be stored."));
        }
    }

    [Test]
    public async Task A_stale_response()
    {
        var clock = new ManualTime();
        await using var api = await UsersApiHost.StartBehindAsync(
            database => database.ConnectionString, clock, ("Outbox:Enabled", "false"), ("RedisCached:Defaults:StaleSeconds", "3600"));
        await FillAsync(api, One);
        clock.WallClockOffset = TimeSpan.FromSeconds(90);

        Assert.That(VerdictOf(await ExplainAsync(api, One)), Is.EqualTo("stale stale-while-revalidate"));
    }

    [Test]
    public async Task Asking_takes_a_permit_while_the_action_runs_and_gives_it_back_even_if_it_fails()
    {
        await using var api = await StartAsync(("RedisCached:MaxRunningMisses", "1"), ("RedisCached:MissWait", "00:00:00"));
        Task<JsonElement> asking;
        await using (await api.Database.LockedUsersAsync())
        {
            asking = ExplainAsync(api, One);
            await api.Database.LockWaitersAsync(1, "asking runs the action");
            using var refused = await api.Anonymous.FetchAsync($"{Http.Users}?limit=2");
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        Assert.That(VerdictOf(await asking), Is.EqualTo("miss absent"));
        await api.Database.ExecuteAsync("ALTER TABLE users RENAME TO hidden");
        using var failed = await api.Client.SendAsync(HttpMethod.Post, "/api/v1/cache/explanations", $$"""{ "target": "{{One}}" }""");
        await api.Database.ExecuteAsync("ALTER TABLE hidden RENAME TO users");
        Assert.That(await StatusOfAsync(api, $"{Http.Users}?limit=2"), Does.EndWith("stored"));
    }

    [Test]
    public async Task An_evicted_response_tells_the_tag()
    {
        await using var api = await StartAsync();
        await FillAsync(api, One);
        await api.Client.CreateUserAsync("ada@example.com");
        var found = await ExplainAsync(api, One);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(VerdictOf(found), Is.EqualTo("miss evicted"));
            Assert.That(found.GetProperty("steps").ToString(), Does.Contain("users"));
        }
    }

    [Test]
    public async Task A_bypass_by_credentials() => await ExplainedAsync(
        "/explained/anonymous", "bypass", "credentials", _ => Task.CompletedTask, headers: """{ "Authorization": "Basic bm9ib2R5" }""");

    [Test]
    public async Task An_undeclared_header_is_named()
    {
        await using var api = await StartAsync();
        var found = await ExplainAsync(api, "/explained/header");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(VerdictOf(found), Is.EqualTo("miss undeclared-header"));
            Assert.That(found.GetProperty("steps").EnumerateArray().Last().GetString(), Does.EndWith("can't be stored: undeclared-header, it read X-Flavour."));
        }
    }

    [Test]
    public async Task A_response_that_is_too_large() => await ExplainedAsync(
        One, "miss", "too-large", api => api.Client.CreateUserAsync("ada@example.com"), settings: ("RedisCached:MaxBodyBytes", "20"));

    [Test]
    public async Task Redis_away() => await ExplainedAsync(
        One, "bypass", "unreachable", _ => Task.CompletedTask,
        settings: [("ConnectionStrings:Redis", "127.0.0.1:9,connectTimeout=500"), ("RedisCached:VersionsTimeout", "00:00:00.050")]);

    [Test]
    public async Task The_kill_switch() =>
        await ExplainedAsync(One, "bypass", "disabled", _ => Task.CompletedTask, settings: ("RedisCached:Enabled", "false"));

    [Test]
    public async Task An_unknown_route() => await ExplainedAsync("/nothing/here", "not-cached", "no-route", _ => Task.CompletedTask);

    [Test]
    public async Task An_action_without_a_cache() =>
        await ExplainedAsync($"{Http.Users}/search?q=ada", "not-cached", "no-attribute", _ => Task.CompletedTask);

    [Test]
    public async Task What_the_explanation_says_is_what_the_next_request_gets()
    {
        await using var api = await StartAsync();
        foreach (var url in (string[])[One, $"{Http.Users}?limit=2&skip=1", $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77"])
        {
            var before = await ExplainAsync(api, url);
            var missed = await StatusOfAsync(api, url);
            var after = await ExplainAsync(api, url);
            var hit = await StatusOfAsync(api, url);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(missed, Does.Contain(before.GetProperty("verdict").GetString()), url);
                Assert.That(hit.Contains("; hit", StringComparison.Ordinal), Is.EqualTo(VerdictOf(after) == "hit hit"), url);
            }
        }
    }

    [TestCase("""{ "target": "no slash" }""")]
    [TestCase("""{ "target": "" }""")]
    [TestCase("{}")]
    public async Task What_is_no_target_is_refused(string json)
    {
        await using var api = await StartAsync();
        using var response = await api.Client.SendAsync(HttpMethod.Post, "/api/v1/cache/explanations", json);

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static Task<UsersApiHost> StartAsync(params (string, string)[] settings) => UsersApiHost.StartAsync(settings: settings);

    private static async Task ExplainedAsync(
        string target, string verdict, string reason, Func<UsersApiHost, Task> prepare, string headers = "{}", params (string, string)[] settings)
    {
        await using var api = await StartAsync(settings);
        await prepare(api);

        Assert.That(VerdictOf(await ExplainAsync(api, target, headers)), Is.EqualTo($"{verdict} {reason}"));
    }

    private static async Task<JsonElement> ExplainAsync(UsersApiHost api, string target, string headers = "{}")
    {
        using var response = await api.Client.SendAsync(
            HttpMethod.Post, "/api/v1/cache/explanations", $$"""{ "target": "{{target}}", "headers": {{headers}} }""");
        var body = await response.BodyAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), body.ToString());
        return body;
    }

    private static string VerdictOf(JsonElement explanation) =>
        $"{explanation.GetProperty("verdict").GetString()} {explanation.GetProperty("reason").GetString()}";

    private static Task FillAsync(UsersApiHost api, string url) => Eventually.HoldsAsync(
        async () => (await StatusOfAsync(api, url)).Contains("; hit", StringComparison.Ordinal), "a hit");

    private static async Task<string> StatusOfAsync(UsersApiHost api, string url)
    {
        using var response = await api.Anonymous.FetchAsync(url);
        return response.Headers.GetValues("Cache-Status").Single();
    }
}
