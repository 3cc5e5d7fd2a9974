using System.Text.Json;
using UsersApi.Tests.Host;
using UsersApi.Tests.Users;

namespace UsersApi.Tests.Data;

/// <summary>A write of the API is evicted once, by the node that made it; the outbox is for the case that it dies before.</summary>
public sealed class OwnWriteTests
{
    private const string Mark = "SELECT set_config('outbox.writer', 'a node that died', true)";
    private static readonly (string, string) NoRelay = ("Outbox:Enabled", "false");

    [Test]
    public async Task What_the_API_writes_is_settled_without_a_relay()
    {
        await using var api = await UsersApiHost.StartAsync(settings: NoRelay);
        var user = Http.UrlOf(await api.Client.CreateUserAsync("ada@example.com"));
        using var bulk = await api.Client.SendAsync(HttpMethod.Post, $"{Http.Users}/bulk", """[{ "email": "bob@example.com" }]""");
        using var put = await api.Client.SendAsync(HttpMethod.Put, user, """{ "email": "ada@example.com" }""");
        using var patch = await api.Client.SendAsync(HttpMethod.Patch, user, """{ "fullName": "Ada" }""");
        using var delete = await api.Client.SendAsync(HttpMethod.Delete, user);

        await IsSettledAsync(api);
    }

    [Test]
    public async Task After_a_write_a_list_is_computed_once()
    {
        await using var api = await UsersApiHost.StartAsync();
        await api.UntilItCachesAsync();

        await api.Client.CreateUserAsync("ada@example.com");
        var first = await StatusAsync(api, Http.Users);
        await IsSettledAsync(api);
        var second = await StatusAsync(api, Http.Users);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Does.Contain("fwd=").And.Contain("stored"));
            Assert.That(second, Does.Contain("; hit"));
        }
    }

    [Test]
    public async Task Many_new_users_leave_single_ones_alone()
    {
        await using var api = await UsersApiHost.StartAsync();
        var user = Http.UrlOf(await api.Client.CreateUserAsync("ada@example.com"));
        await IsSettledAsync(api);
        await Eventually.HoldsAsync(
            async () => (await StatusAsync(api, user)).Contains("; hit", StringComparison.Ordinal), "the user is stored");

        var many = JsonSerializer.Serialize(Enumerable.Range(0, 201).Select(number => new { email = $"user{number}@example.com" }));
        using var bulk = await api.Client.SendAsync(HttpMethod.Post, $"{Http.Users}/bulk", many);
        await IsSettledAsync(api);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)bulk.StatusCode, Is.EqualTo(201));
            Assert.That(await StatusAsync(api, user), Does.Contain("; hit"));
            Assert.That(await StatusAsync(api, Http.Users), Does.Not.Contain("; hit"));
        }
    }

    [Test]
    public async Task A_change_of_many_users_in_SQL_is_seen_in_each()
    {
        await using var api = await UsersApiHost.StartAsync();
        var user = Http.UrlOf(await api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await api.Client.GetJsonAsync(user);
        await Seeding.SeedAsync(api, 300);

        await api.Database.ExecuteAsync("UPDATE users SET full_name = 'Countess'");

        await SeesAsync(api, user, "Countess");
    }

    [Test]
    public async Task What_a_node_left_that_died_between_commit_and_eviction_is_made_good()
    {
        await using var api = await UsersApiHost.StartAsync();
        var user = Http.UrlOf(await api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await IsSettledAsync(api);
        await api.Client.GetJsonAsync(user);

        await api.Database.ExecuteAsync($"BEGIN; {Mark}; UPDATE users SET full_name = 'Countess'; COMMIT");

        await SeesAsync(api, user, "Countess");
    }

    private static Task SeesAsync(UsersApiHost api, string url, string name) => Eventually.HoldsAsync(
        async () => (await api.Client.GetJsonAsync(url)).GetProperty("fullName").GetString() == name, $"the change at {url}");

    private static Task IsSettledAsync(UsersApiHost api) => Eventually.HoldsAsync(
        async () => await api.Database.ScalarAsync<long>("SELECT count(*) FROM outbox") == 0, "the outbox is empty");

    private static async Task<string> StatusAsync(UsersApiHost api, string url)
    {
        using var response = await api.Client.FetchAsync(url);
        return response.Headers.GetValues("Cache-Status").Single();
    }
}
