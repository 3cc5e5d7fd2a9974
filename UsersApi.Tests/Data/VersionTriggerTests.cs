using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>The database raises the version and the time of an update itself, whoever writes.</summary>
public sealed class VersionTriggerTests
{
    private const string Before = "2020-01-01 00:00:00+00";
    private const string State = "SELECT version || ' ' || CASE updated_at WHEN @Before::timestamptz THEN 'old' WHEN now() THEN 'now' ELSE updated_at::date::text END FROM users";

    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateDatabase()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync(
            "INSERT INTO users (id, created_at, updated_at, email) VALUES (gen_random_uuid(), @Before::timestamptz, @Before::timestamptz, 'ada@example.com')",
            new { Before });
    }

    [TearDown]
    public Task DropDatabase() => _database.DisposeAsync().AsTask();

    [TestCase("UPDATE users SET full_name = 'Ada'", TestName = "An_update_that_names_no_version_raises_it_by_one")]
    [TestCase("UPDATE users SET email = email", TestName = "An_update_that_changes_nothing_raises_the_version")]
    [TestCase("UPDATE users SET version = version + 1", TestName = "A_version_that_the_statement_raises_too_is_raised_once")]
    [TestCase("UPDATE users SET version = 1", TestName = "A_version_cannot_be_kept")]
    [TestCase("UPDATE users SET version = 100", TestName = "A_version_cannot_be_chosen")]
    [TestCase(
        "INSERT INTO users (id, created_at, updated_at, email) VALUES (gen_random_uuid(), now(), now(), 'ADA@example.com') ON CONFLICT (lower(email COLLATE \"C\")) DO UPDATE SET full_name = 'Ada'",
        TestName = "An_upsert_raises_the_version")]
    [TestCase("SET LOCAL session_replication_role = replica; UPDATE users SET full_name = 'Ada'", TestName = "A_session_that_fires_no_ordinary_trigger_raises_the_version")]
    public async Task The_version_is_raised_by_one(string sql) => Assert.That(await StateAfterAsync(sql), Is.EqualTo("2 now"));

    [Test]
    public async Task A_time_that_the_statement_sets_stays() =>
        Assert.That(await StateAfterAsync("UPDATE users SET updated_at = '2021-02-03 12:00:00+00'"), Is.EqualTo("2 2021-02-03"));

    [Test]
    public async Task Each_row_of_a_statement_has_a_version_of_its_own()
    {
        await _database.ExecuteAsync("UPDATE users SET full_name = 'Ada'");
        await _database.ExecuteAsync("INSERT INTO users (id, created_at, updated_at, email) VALUES (gen_random_uuid(), now(), now(), 'bob@example.com')");
        await _database.ExecuteAsync("UPDATE users SET full_name = 'X'");

        Assert.That(
            await _database.ScalarAsync<string>("SELECT string_agg(split_part(email, '@', 1) || version, ' ' ORDER BY email) FROM users"), Is.EqualTo("ada3 bob2"));
    }

    // One transaction, whose now() is the same to the end.
    private Task<string?> StateAfterAsync(string sql) => _database.ScalarAsync<string>($"BEGIN; {sql}; {State}; COMMIT", new { Before });
}
