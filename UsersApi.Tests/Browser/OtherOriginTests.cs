using System.Text.Json;
using UsersApi.Identity;
using UsersApi.Tests.Host;
using UsersApi.Tests.Users;

namespace UsersApi.Tests.Browser;

/// <summary>What a script of another origin gets to see in a real browser.</summary>
[Category("Browser")]
public sealed class OtherOriginTests
{
    private const string Functions = """
        const ask = async (url, init) => {
            try {
                const answer = await fetch(url, init);
                return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
            } catch (error) {
                return { error: error.name };
            }
        };
        """;

    private Page _page = null!;

    [SetUp]
    public async Task ServePage() => _page = await Page.ServeAsync();

    [TearDown]
    public async Task ClosePage() => await _page.DisposeAsync();

    [Test]
    public async Task Script_of_a_named_origin_reads_users_with_their_headers_and_writes()
    {
        await using var api = await UsersApiHost.StartAsync(
            settings: [("Server:CorsOrigins:0", _page.Origin), ("Server:WritesPerSecond", "1")]);
        await Seeding.SeedAsync(api, 30);

        var found = await AskAsync(api, writes: 6);
        var (miss, hit, writes) = (found[0], found[1], found.EnumerateArray().Skip(2).ToList());
        var created = writes.Find(write => StatusOf(write) == 201);
        var refused = writes.Find(write => StatusOf(write) == 429);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(StatusOf(miss), Is.EqualTo(200));
            Assert.That(JsonElement.Parse(miss.GetProperty("body").GetString()!).GetArrayLength(), Is.EqualTo(20));
            Assert.That(HeaderOf(miss, "cache-status"), Does.Contain("stored"));
            Assert.That(HeaderOf(miss, "link"), Does.Contain("rel=\"next\""));
            Assert.That(HeaderOf(hit, "cache-status"), Does.Contain("; hit"));
            Assert.That(HeaderOf(hit, "etag"), Is.EqualTo(HeaderOf(miss, "etag")).And.Not.Null);
            Assert.That(HeaderOf(hit, "age"), Is.Not.Null);
            Assert.That(HeaderOf(created, "location"), Does.StartWith("/api/v1/users/"));
            Assert.That(HeaderOf(refused, "retry-after"), Is.EqualTo("1"));
        }
    }

    [Test]
    public async Task Script_of_an_origin_that_is_not_named_reads_nothing_and_writes_nothing()
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("Server:CorsOrigins:0", "https://app.example.com")]);

        var found = await AskAsync(api, writes: 1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                found.EnumerateArray().Select(answer => answer.GetProperty("error").GetString()),
                Is.EqualTo(new[] { "TypeError", "TypeError", "TypeError" }));
            Assert.That(await api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }
    }

    // The same list twice, and then some writes at once.
    private Task<JsonElement> AskAsync(UsersApiHost api, int writes)
    {
        var url = new Uri(api.Client.BaseAddress!, Http.Users);
        return _page.EvaluateAsync(Functions, $$"""
            (async () => [
                await ask("{{url}}", { cache: "no-store" }),
                await ask("{{url}}", { cache: "no-store" }),
                ...await Promise.all([...Array({{writes}}).keys()].map(number => ask("{{url}}", {
                    method: "POST",
                    headers: { "Content-Type": "application/json", Authorization: "Bearer {{TestTokens.Development(Scopes.UsersWrite)}}" },
                    body: JSON.stringify({ email: `user${number}@example.net` }) }))),
            ])()
            """);
    }

    private static int? StatusOf(JsonElement answer) => answer.TryGetProperty("status", out var status) ? status.GetInt32() : null;

    private static string? HeaderOf(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object
            && answer.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString() : null;
}
