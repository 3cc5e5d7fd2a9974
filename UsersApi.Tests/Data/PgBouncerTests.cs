using System.Text.Json;
using Dapper;
using Npgsql;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>A connection pool may stand before Postgres; what belongs to a session has a connection string of its own.</summary>
[TestFixture("session"), TestFixture("transaction")]
public sealed class PgBouncerTests(string mode)
{
    // So seldom that only a notification can be the reason for what happens within a test's deadline.
    private static readonly (string, string)[] Settings = [("Outbox:PollInterval", "00:01:00"), ("Postgres:MigrateOnStart", "true")];

    private PgBouncer _pool = null!;
    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi()
    {
        _pool = await PgBouncer.StartAsync(mode);
        _api = await UsersApiHost.StartPooledAsync(_pool.Port, Settings);
    }

    [TearDown]
    public async Task StopApi()
    {
        await _api.DisposeAsync();
        _pool.Dispose();
    }

    [Test]
    public async Task Many_who_write_and_read_at_once_are_served()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), async (number, _) =>
        {
            var user = Http.UrlOf(await _api.Client.CreateUserAsync($"user{number}@example.com"));
            await SucceedsAsync(HttpMethod.Put, user, $$"""{ "email": "put{{number}}@example.com" }""");
            await SucceedsAsync(HttpMethod.Patch, user, $$"""{ "fullName": "User {{number}}" }""");
            Assert.That((await _api.Client.GetJsonAsync(user)).GetProperty("version").GetInt32(), Is.EqualTo(3));
            await SucceedsAsync(number % 2 == 0 ? HttpMethod.Delete : HttpMethod.Get, user);
        });
        var many = JsonSerializer.Serialize(Enumerable.Range(0, 300).Select(number => new { email = $"bulk{number}@example.com" }));
        await SucceedsAsync(HttpMethod.Post, $"{Http.Users}/bulk", many);

        Assert.That((await _api.Client.GetJsonAsync($"{Http.Users}?limit=1000")).GetArrayLength(), Is.EqualTo(320));
    }

    [Test]
    public async Task What_a_write_set_for_itself_stays_with_no_session_of_the_pool()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 40), async (number, _) => await _api.Client.CreateUserAsync($"user{number}@example.com"));
        await Eventually.HoldsAsync(
            async () => await _api.Database.ScalarAsync<long>("SELECT count(*) FROM outbox") == 0, "the outbox is empty");
        var pooled = new NpgsqlConnectionStringBuilder(_api.Database.ConnectionString) { Host = "127.0.0.1", Port = _pool.Port, Pooling = false };
        await using var pool = NpgsqlDataSource.Create(pooled.ConnectionString);

        var marks = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            await using var connection = await pool.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<string?>("SELECT current_setting('outbox.writer', true)");
        }));

        Assert.That(marks, Is.All.Null.Or.Empty);
    }

    [Test]
    public async Task A_change_in_SQL_is_heard_of_through_the_direct_connection()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await _api.Client.GetJsonAsync(user);

        await _api.Database.ExecuteAsync("UPDATE users SET full_name = 'Countess'");

        await Eventually.HoldsAsync(
            async () => (await _api.Client.GetJsonAsync(user)).GetProperty("fullName").GetString() == "Countess", "the change is seen");
    }

    private async Task SucceedsAsync(HttpMethod method, string url, string? json = null)
    {
        using var response = await _api.Client.SendAsync(method, url, json);
        Assert.That(response.IsSuccessStatusCode, Is.True, await response.Content.ReadAsStringAsync());
    }
}
