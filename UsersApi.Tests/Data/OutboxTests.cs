using System.Text.Json;
using UsersApi.Tests.Host;
using UsersApi.Tests.Users;

namespace UsersApi.Tests.Data;

public sealed class OutboxTests
{
    // So seldom that only a notification can be the reason for what happens within a test's deadline.
    private static readonly (string, string) Seldom = ("Outbox:PollInterval", "00:01:00");

    [Test]
    public async Task A_change_made_in_SQL_is_seen_by_cached_reads()
    {
        await using var api = await UsersApiHost.StartAsync(settings: Seldom);
        var user = await api.Client.CreateUserAsync("ada@example.com", "Ada");
        await CachedAsync(api, Http.UrlOf(user));
        await CachedAsync(api, Http.Users);

        await api.Database.ExecuteAsync("UPDATE users SET full_name = 'Countess'");

        await SeesAsync(api, Http.UrlOf(user), body => NameOf(body) == "Countess");
        await SeesAsync(api, Http.Users, body => NameOf(body[0]) == "Countess");
    }

    [Test]
    public async Task What_is_truncated_in_SQL_is_gone()
    {
        await using var api = await UsersApiHost.StartAsync(settings: Seldom);
        await Seeding.SeedAsync(api, 3);
        await CachedAsync(api, Http.Users);

        await api.Database.ExecuteAsync("TRUNCATE users");

        await SeesAsync(api, Http.Users, body => body.GetArrayLength() == 0);
    }

    [Test]
    public async Task A_seed_is_seen_without_a_notification()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Outbox:PollInterval", "00:00:00.020"));
        await CachedAsync(api, Http.Users);

        await Seeding.SeedAsync(api, 1_000);

        await SeesAsync(api, Http.Users, body => body.GetArrayLength() == 20);
    }

    [Test]
    public async Task A_change_made_while_every_node_was_away_is_seen_when_one_is_back()
    {
        await using var one = await UsersApiHost.StartAsync(settings: ("Outbox:Enabled", "false"));
        var user = await one.Client.CreateUserAsync("ada@example.com", "Ada");
        await CachedAsync(one, Http.UrlOf(user));
        await one.Database.ExecuteAsync("UPDATE users SET full_name = 'Countess'");

        await using var other = one.StartAnother(Seldom);

        await SeesAsync(one, Http.UrlOf(user), body => NameOf(body) == "Countess");
    }

    private static string? NameOf(JsonElement user) => user.GetProperty("fullName").GetString();

    // Twice: an outbox row of the write before may evict the first answer.
    private static Task CachedAsync(UsersApiHost api, string url) => Eventually.HoldsAsync(
        async () =>
        {
            using var response = await api.Client.FetchAsync(url);
            return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
        },
        $"a hit of {url}");

    private static Task SeesAsync(UsersApiHost api, string url, Predicate<JsonElement> expected) =>
        Eventually.HoldsAsync(async () => expected(await api.Client.GetJsonAsync(url)), $"the change at {url}");
}
