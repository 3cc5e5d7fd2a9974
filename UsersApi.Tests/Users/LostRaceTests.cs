using System.Net;
using System.Text.Json;
using Dapper;
using Npgsql;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>Postgres ends one of two transactions that stand in each other's way: that is no fault of the server's.</summary>
public sealed class LostRaceTests : ApiTest
{
    private const string Bulk = $"{Http.Users}/bulk";
    private static readonly string[] States = [PostgresErrorCodes.DeadlockDetected, PostgresErrorCodes.SerializationFailure];
    private static readonly string[] Writes = ["POST", "bulk", "PUT", "PATCH", "DELETE"];

    private string _url = null!;

    [SetUp]
    public async Task CreateUser() => _url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));

    [Test]
    public async Task Of_two_bulks_with_the_same_emails_in_opposite_order_one_is_created_and_one_told_why()
    {
        string[] emails = [.. Enumerable.Range(0, 5_000).Select(number => $"user{number}@example.com")];

        var responses = await Task.WhenAll(
            Client.SendAsync(HttpMethod.Post, Bulk, Users(emails)), Client.SendAsync(HttpMethod.Post, Bulk, Users([.. emails.Reverse()])));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                responses.Select(response => response.StatusCode), Is.EquivalentTo(new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
            Assert.That(await DeadlocksAsync(Api), Is.Zero);
        }
    }

    [Test]
    public async Task A_deadlock_is_tried_again()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Postgres:CommandTimeout", "00:10:00"));

        // Who waits looks for a deadlock once, after its own deadlock_timeout, and ends itself if it finds one. So the other never
        // looks, and the API begins the wait that closes the circle: it holds the table, is let past "a", and waits for "b" last.
        // What it holds is handed over to who waits for it already, so that its next attempt cannot overtake the other.
        await using var gate = await api.Database.DataSource.OpenConnectionAsync();
        await using var closed = await gate.BeginTransactionAsync();
        await InsertAsync(gate, "a@example.com");
        await using var other = await api.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await other.ExecuteAsync("SET LOCAL deadlock_timeout = '1h'");
        await InsertAsync(other, "b@example.com");
        var bulk = api.Client.SendAsync(HttpMethod.Post, Bulk, Users("a@example.com", "b@example.com"));
        await api.Database.LockWaitersAsync(1, "the API waits for the gate");
        var locked = LockAsync();
        await api.Database.LockWaitersAsync(2, "the other waits for the API");

        await closed.RollbackAsync();
        await locked;
        await transaction.RollbackAsync();
        using var response = await bulk;

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        await Eventually.HoldsAsync(async () => await DeadlocksAsync(api) > 0, "Postgres counts the deadlock");

        async Task LockAsync() => await other.ExecuteAsync("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", commandTimeout: 0);
    }

    [Test]
    public async Task A_write_that_lost_is_tried_again([ValueSource(nameof(Writes))] string write, [ValueSource(nameof(States))] string state)
    {
        await LoseAsync(times: 3, state);

        using var response = await WriteAsync(write);

        Assert.That(response.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_write_that_loses_every_time_is_a_conflict([ValueSource(nameof(Writes))] string write, [ValueSource(nameof(States))] string state)
    {
        await LoseAsync(times: 1_000, state);

        using var response = await WriteAsync(write);

        var problem = await response.ProblemAsync(HttpStatusCode.Conflict);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("title").GetString(), Does.Contain("other writes"));
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT last_value FROM attempts"), Is.EqualTo(4));
            Assert.That(await Api.Database.ScalarAsync<string>("SELECT string_agg(email || version, ' ') FROM users"), Is.EqualTo("ada@example.com1"));
        }
    }

    private static string Users(params string[] emails) => JsonSerializer.Serialize(emails.Select(email => new { email }));

    private static Task<int> InsertAsync(NpgsqlConnection connection, string email) => connection.ExecuteAsync(
        "INSERT INTO users (id, created_at, updated_at, email) VALUES (gen_random_uuid(), now(), now(), @email)", new { email });

    private static Task<long> DeadlocksAsync(UsersApiHost api) => api.Database.ScalarAsync<long>(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");

    private Task LoseAsync(int times, string state) => Api.Database.ExecuteAsync($"""
        CREATE SEQUENCE attempts;
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('attempts') <= {times} THEN
                RAISE EXCEPTION USING ERRCODE = '{state}';
            END IF;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER lose AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH STATEMENT EXECUTE FUNCTION lose();
        """);

    private Task<HttpResponseMessage> WriteAsync(string write) => write switch
    {
        "POST" => Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"bob@example.com"}"""),
        "bulk" => Client.SendAsync(HttpMethod.Post, Bulk, Users("bob@example.com", "carol@example.com")),
        "PUT" => Client.SendAsync(HttpMethod.Put, _url, """{"email":"ada@example.com"}"""),
        "PATCH" => Client.SendAsync(HttpMethod.Patch, _url, """{"fullName":"Ada"}"""),
        _ => Client.SendAsync(HttpMethod.Delete, _url),
    };
}
