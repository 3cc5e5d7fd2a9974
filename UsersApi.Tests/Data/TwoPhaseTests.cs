using Npgsql;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>Postgres prepares no transaction that notifies: one that is to commit in two phases says that it does not.</summary>
public sealed class TwoPhaseTests
{
    private const string Insert = "INSERT INTO users (id, created_at, updated_at, email) VALUES (gen_random_uuid(), now(), now(), 'ada@example.com')";

    private readonly PostgresOfTheRun _server = new();
    private NpgsqlDataSource _database = null!;

    [SetUp]
    public async Task StartServer()
    {
        await _server.CreateAsync();
        await _server.StartAsync();
        await _server.AnswersAsync();
        _database = NpgsqlDataSource.Create(PostgresOfTheRun.ConnectionStringAt(_server.Port) + ";Pooling=false");
        await ExecuteAsync("ALTER SYSTEM SET max_prepared_transactions = 5");
        await _server.RestartAsync();
        await _server.AnswersAsync();
        await TestDatabase.RunnerFor(_database).RunAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task StopServer()
    {
        await _database.DisposeAsync();
        _server.Dispose();
    }

    [Test]
    public async Task A_transaction_that_turns_notifications_off_can_be_prepared_and_leaves_its_tags()
    {
        await Assert.ThatAsync(
            () => ExecuteAsync($"BEGIN; {Insert}; PREPARE TRANSACTION 'loud'"),
            Throws.TypeOf<PostgresException>().With.Message.Contains("NOTIFY"));

        await ExecuteAsync($"BEGIN; SET LOCAL outbox.notify = off; {Insert}; PREPARE TRANSACTION 'silent'");
        await ExecuteAsync("COMMIT PREPARED 'silent'");

        await using var count = _database.CreateCommand("SELECT count(*) FROM outbox");
        Assert.That(await count.ExecuteScalarAsync(), Is.EqualTo(1));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
