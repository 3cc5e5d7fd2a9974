using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>One user by address, from the cache, and never an answer from before a write that was acknowledged.</summary>
public sealed class FindByEmailTests : SharedApiTest
{
    private const string ByEmail = $"{Http.Users}?email=";

    [TestCase("ada@example.com"), TestCase("ADA@Example.COM")]
    public async Task Address_is_found_whatever_its_case_and_soon_in_the_cache(string email)
    {
        await Client.CreateUserAsync("Ada@example.com");
        await Client.CreateUserAsync("ada@example.company");

        // Not each read is a hit on a busy machine, but soon one is.
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await Client.FetchAsync(ByEmail + email);
                Assert.That(EmailsIn(await response.BodyAsync()), Is.EqualTo(new[] { "Ada@example.com" }));
                return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
            },
            "a hit");
    }

    // A name of letters that are no hexadecimal digits: ids and hashes hold every other one now and then.
    [TestCase("?email=jim@example.com"), TestCase("?sort=email&limit=1")]
    public async Task No_address_stands_in_a_key(string query)
    {
        await Client.CreateUserAsync("jim@example.com");
        await Client.CreateUserAsync("king@example.com");
        using var page = await Client.FetchAsync(Http.Users + query);
        if (page.Headers.TryGetValues("Link", out var links))
        {
            var next = links.Single().Split('<', '>')[1];
            using var second = await Client.FetchAsync(next);
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        await Eventually.HoldsAsync(async () => (await KeysAsync()).Count > 0, "entries are in Redis");
        // A cursor of the list by email holds the address in base64.
        var coded = Convert.ToBase64String("im@example"u8.ToArray())[..8];
        Assert.That(await KeysAsync(), Has.None.Contain("jim").And.None.Contain(coded));
    }

    private async Task<List<string>> KeysAsync() =>
        (await TestRedis.KeysAsync(Api.Prefix)).FindAll(key => key.Contains(":get:", StringComparison.Ordinal));

    [Test]
    public async Task Creation_change_of_email_and_deletion_are_seen_at_once()
    {
        Assert.That(await FoundAsync("ada@example.com"), Is.Empty);
        var url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));
        Assert.That(await FoundAsync("ada@example.com"), Has.Count.EqualTo(1));
        Assert.That(await FoundAsync("king@example.com"), Is.Empty);

        using var changed = await Client.SendAsync(HttpMethod.Patch, url, """{"email":"king@example.com"}""");
        Assert.That(await FoundAsync("ada@example.com"), Is.Empty);
        Assert.That(await FoundAsync("king@example.com"), Has.Count.EqualTo(1));

        using var deleted = await Client.SendAsync(HttpMethod.Delete, url);
        Assert.That(await FoundAsync("king@example.com"), Is.Empty);
    }

    [Test]
    public async Task Change_of_email_in_SQL_is_seen_under_both_addresses()
    {
        await Client.CreateUserAsync("ada@example.com");
        await FoundAsync("ada@example.com");
        await FoundAsync("king@example.com");

        await Api.Database.ExecuteAsync("UPDATE users SET email = 'king@example.com'");

        await Eventually.HoldsAsync(
            async () => (await FoundAsync("ada@example.com"), await FoundAsync("king@example.com")) is ({ Count: 0 }, { Count: 1 }),
            "the change");
    }

    [TestCase("email="), TestCase("email=%00"), TestCase("email=a%0Ab")]
    public async Task Empty_or_unreadable_address_is_refused_and_does_not_list_everybody(string query)
    {
        await Client.FetchAsync(Http.Users);
        using var response = await Client.FetchAsync($"{Http.Users}?{query}");

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "email" }));
    }

    [Test]
    public async Task Address_is_found_by_the_unique_index()
    {
        await Seeding.SeedAsync(Api, 1_000);
        await Api.Database.ExecuteAsync("ANALYZE users");
        var plan = await Api.Database.ScalarAsync<string>(
            """
            EXPLAIN (FORMAT JSON)
            SELECT * FROM users WHERE lower(email COLLATE "C") = lower('a@example.com' COLLATE "C") ORDER BY id LIMIT 21
            """);

        Assert.That(plan, Does.Contain("users_email_key"));
    }

    private static List<string> EmailsIn(JsonElement users) =>
        [.. users.EnumerateArray().Select(user => user.GetProperty("email").GetString()!)];

    private async Task<List<string>> FoundAsync(string email) => EmailsIn(await Client.GetJsonAsync(ByEmail + email));
}
