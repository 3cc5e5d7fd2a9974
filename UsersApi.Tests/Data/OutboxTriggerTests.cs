using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class OutboxTriggerTests
{
    private const string Ada = "01900000-0000-7000-8000-00000000000a";
    private const string Bob = "01900000-0000-7000-8000-00000000000b";

    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateDatabase() => _database = await TestDatabase.CreateAsync();

    [TearDown]
    public Task DropDatabase() => _database.DisposeAsync().AsTask();

    [Test]
    public async Task Each_statement_leaves_the_tags_of_its_rows()
    {
        await InsertAsync(Ada, Bob);
        await AssertTagsAsync("users", $"user:{Ada}", $"user:{Bob}");

        await _database.ExecuteAsync($"UPDATE users SET full_name = 'Ada' WHERE id = '{Ada}'");
        await AssertTagsAsync("users", $"user:{Ada}");

        await _database.ExecuteAsync($"DELETE FROM users WHERE id = '{Bob}'");
        await AssertTagsAsync("users", $"user:{Bob}");
    }

    [Test]
    public async Task An_update_of_an_id_concerns_both()
    {
        await InsertAsync(Ada);
        await AssertTagsAsync("users", $"user:{Ada}");

        await _database.ExecuteAsync($"UPDATE users SET id = '{Bob}'");

        await AssertTagsAsync("users", $"user:{Ada}", $"user:{Bob}");
    }

    [Test]
    public async Task Truncating_concerns_every_row_of_its_table()
    {
        await _database.ExecuteAsync("TRUNCATE users");

        await AssertTagsAsync("users", "user");
    }

    [TestCase(200, false)]
    [TestCase(201, true)]
    [TestCase(5_000, true)]
    public async Task A_statement_over_many_rows_leaves_few_tags(int rows, bool isCoarse)
    {
        await InsertAsync([.. Enumerable.Range(0, rows).Select(_ => Guid.CreateVersion7().ToString())]);

        var tags = await TakeTagsAsync();
        Assert.That(tags, isCoarse ? Is.EquivalentTo(new[] { "users", "user" }) : Has.Length.EqualTo(rows + 1));
    }

    [Test]
    public async Task What_is_rolled_back_or_meets_no_row_leaves_nothing()
    {
        await _database.ExecuteAsync($"BEGIN; {RowsSql(Ada)}; TRUNCATE users; ROLLBACK");
        await _database.ExecuteAsync("UPDATE users SET full_name = 'nobody'; DELETE FROM users");

        await AssertTagsAsync();
    }

    [Test]
    public async Task Who_may_write_users_needs_no_rights_in_the_outbox()
    {
        await _database.ExecuteAsync($"""
            BEGIN;
            CREATE ROLE outbox_stranger;
            GRANT INSERT ON users TO outbox_stranger;
            SET LOCAL ROLE outbox_stranger;
            SET LOCAL search_path = pg_catalog;
            {RowsSql(Ada).Replace("users", "public.users", StringComparison.Ordinal)};
            RESET ROLE;
            DROP OWNED BY outbox_stranger;
            DROP ROLE outbox_stranger;
            COMMIT
            """);

        await AssertTagsAsync("users", $"user:{Ada}");
    }

    [Test]
    public async Task A_session_that_fires_no_ordinary_trigger_leaves_tags_too()
    {
        await ReplicaAsync(RowsSql(Ada, Bob));
        await AssertTagsAsync("users", $"user:{Ada}", $"user:{Bob}");

        await ReplicaAsync($"UPDATE users SET full_name = 'Ada' WHERE id = '{Ada}'");
        await AssertTagsAsync("users", $"user:{Ada}");

        await ReplicaAsync($"DELETE FROM users WHERE id = '{Bob}'");
        await AssertTagsAsync("users", $"user:{Bob}");

        await ReplicaAsync("TRUNCATE users");
        await AssertTagsAsync("users", "user");

        Task ReplicaAsync(string sql) => _database.ExecuteAsync($"BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT");
    }

    [Test]
    public async Task Who_marks_a_transaction_finds_its_own_rows_and_wakes_nobody()
    {
        await _database.ExecuteAsync($"BEGIN; SELECT set_config('outbox.writer', 'me', true); {RowsSql(Ada)}; COMMIT; {RowsSql(Bob)}");

        Assert.That(
            await _database.ScalarAsync<string>("SELECT string_agg(concat(writer, ' ', due > now()), ', ' ORDER BY id) FROM outbox"),
            Is.EqualTo("me t,  "));
    }

    [Test]
    public async Task What_another_trigger_changes_is_not_the_writers_own()
    {
        await InsertAsync(Ada);
        await TakeTagsAsync();
        await _database.ExecuteAsync($"""
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN UPDATE users SET full_name = 'touched' WHERE id = '{Ada}'; RETURN NULL; END $$;
            CREATE TRIGGER touch AFTER INSERT ON users FOR EACH STATEMENT EXECUTE FUNCTION touch();
            BEGIN; SELECT set_config('outbox.writer', 'me', true); {RowsSql(Bob)}; COMMIT
            """);

        await _database.ExecuteAsync("DELETE FROM outbox WHERE writer = 'me'");

        await AssertTagsAsync("users", $"user:{Ada}");
    }

    private static string RowsSql(params string[] ids) =>
        "INSERT INTO users (id, created_at, updated_at, email) VALUES "
        + string.Join(", ", ids.Select(id => $"('{id}', now(), now(), '{id}@example.com')"));

    private Task InsertAsync(params string[] ids) => _database.ExecuteAsync(RowsSql(ids));

    private async Task AssertTagsAsync(params string[] expected) => Assert.That(await TakeTagsAsync(), Is.EquivalentTo(expected));

    private async Task<string[]> TakeTagsAsync() => (await _database.ScalarAsync<string[]>("""
        WITH taken AS (DELETE FROM outbox RETURNING tags)
        SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM taken, unnest(tags) AS tag
        """))!;
}
