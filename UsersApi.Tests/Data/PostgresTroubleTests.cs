using System.Globalization;
using System.Net;
using Npgsql;
using UsersApi.Data;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>Whatever Postgres does, it is a 503 that says when to come back, in bounded time, and over without a restart.</summary>
public sealed class PostgresTroubleTests
{
    private const string Uncached = $"{Http.Users}/nocache";
    private const string SlowWithin = "00:00:01";
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1);

    private readonly ManualTime _clock = new();
    private UsersApiHost _api = null!;
    private LatentProxy _link = null!;

    [SetUp]
    public async Task StartApi() => _api = await UsersApiHost.StartBehindAsync(
        database =>
        {
            _link = new LatentProxy(database.Host!, database.Port);
            (database.Host, database.Port, database.MaxPoolSize) = ("127.0.0.1", _link.Port, 2);
            return database.ConnectionString;
        },
        _clock,
        ("Outbox:Enabled", "false"),
        ("Postgres:ConnectTimeout", SlowWithin),
        ("Postgres:CommandTimeout", SlowWithin));

    [TearDown]
    public async Task StopApi()
    {
        await _api.DisposeAsync();
        _link.Dispose();
    }

    [Test]
    public async Task An_exhausted_pool_is_waited_for_so_long_and_no_longer()
    {
        var pool = _api.Services.GetRequiredService<PostgresPrimary>();
        await using (await pool.OpenConnectionAsync())
        await using (await pool.OpenConnectionAsync())
        {
            await IsUnavailableAsync(HttpMethod.Get, Uncached);
            await IsUnavailableAsync(HttpMethod.Get, Http.Users);
        }

        await IsWellAsync();
    }

    [Test]
    public async Task A_command_that_takes_too_long_is_given_up()
    {
        await using (var connection = await _api.Database.DataSource.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await LockUsersAsync(connection);
            await IsUnavailableAsync(HttpMethod.Get, Uncached);
            await IsUnavailableAsync(HttpMethod.Get, Http.Users);
            await IsUnavailableAsync(HttpMethod.Post, Http.Users, """{ "email": "ada@example.com" }""");
        }

        await IsWellAsync();
    }

    [Test]
    public async Task A_server_that_hangs_hangs_nobody([Values] bool afterItAnswered)
    {
        if (afterItAnswered)
        {
            await IsWellAsync();
        }

        _link.Latency = Forever;
        await IsUnavailableAsync(HttpMethod.Get, Uncached);
        await IsUnavailableAsync(HttpMethod.Get, $"{Http.Users}?limit=7");
        _link.Latency = TimeSpan.Zero;

        await IsWellAsync();
    }

    [Test]
    public async Task It_is_an_error_in_the_log_once_and_a_line_of_its_own_when_it_is_over()
    {
        var calm = TimeSpan.FromSeconds(5);
        for (var outage = 1; outage <= 2; outage++)
        {
            _link.Latency = Forever;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => IsUnavailableAsync(HttpMethod.Get, Uncached)));
            _link.Latency = TimeSpan.Zero;
            await IsWellAsync();
            Assert.That((Lines(2010), Lines(2012)), Is.EqualTo((outage, outage - 1)), "requests that fail and succeed by turns are one outage");

            _clock.Advance(calm);
            await IsWellAsync();
            await IsWellAsync();
            Assert.That((Lines(2010), Lines(2012)), Is.EqualTo((outage, outage)));
        }

        Assert.That(Lines(2011), Is.GreaterThanOrEqualTo(6));

        int Lines(int id) => _api.Logs.At(LogLevel.Information).Count(line => line.Contains($"PostgresTrouble[{id}]", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_server_that_was_restarted_is_used_again()
    {
        await IsWellAsync();
        await DropConnectionsAsync();

        await IsWellAsync();
    }

    [Test]
    public async Task A_server_that_only_reads_is_read_from()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com"));
        await AlterDatabaseAsync("SET default_transaction_read_only = on");
        await DropConnectionsAsync();
        await IsWellAsync();

        await IsUnavailableAsync(HttpMethod.Post, Http.Users, """{ "email": "bob@example.com" }""");
        await IsUnavailableAsync(HttpMethod.Post, $"{Http.Users}/bulk", """[{ "email": "bob@example.com" }]""");
        await IsUnavailableAsync(HttpMethod.Put, user, """{ "email": "bob@example.com" }""");
        await IsUnavailableAsync(HttpMethod.Patch, user, """{ "fullName": "Bob" }""");
        await IsUnavailableAsync(HttpMethod.Delete, user);

        await AlterDatabaseAsync("RESET default_transaction_read_only");
        await DropConnectionsAsync();
        await IsWellAsync();
        await _api.Client.CreateUserAsync("bob@example.com");
    }

    [Test]
    public async Task What_was_read_before_is_served_meanwhile()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com"));
        var (list, one) = (await _api.Client.GetJsonAsync(Http.Users), await _api.Client.GetJsonAsync(user));
        await StoredAsync(Http.Users);
        await StoredAsync(user);
        _clock.Advance(TimeSpan.FromMinutes(5));
        _link.Latency = Forever;

        foreach (var (url, before) in new[] { (Http.Users, list), (user, one) })
        {
            using var response = await _api.Client.FetchAsync(url);
            using (Assert.EnterMultipleScope())
            {
                Assert.That((await response.BodyAsync()).GetRawText(), Is.EqualTo(before.GetRawText()));
                Assert.That(response.Headers.GetValues("Cache-Status").Single(), Does.Contain("; hit").And.Contain("stale-if-error"));
            }
        }
    }

    [Test]
    public async Task What_was_changed_since_is_not_served_even_then()
    {
        var user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com", "Ada"));
        await StoredAsync(Http.Users);
        await StoredAsync(user);
        using var changed = await _api.Client.SendAsync(HttpMethod.Patch, user, """{ "fullName": "Ada King" }""");
        _link.Latency = Forever;

        await IsUnavailableAsync(HttpMethod.Get, Http.Users);
        await IsUnavailableAsync(HttpMethod.Get, user);
    }

    private static async Task LockUsersAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
    }

    private async Task IsUnavailableAsync(HttpMethod method, string url, string? json = null)
    {
        var mediaType = method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
        using var response = await _api.Client.SendAsync(method, url, json, mediaType: mediaType).WaitAsync(Runs.Deadline);
        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    // Connections that died are found out one by one, each by a request.
    private Task IsWellAsync() => Eventually.HoldsAsync(
        async () =>
        {
            using var response = await _api.Client.FetchAsync(Uncached);
            Assert.That(response.StatusCode, Is.AnyOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable));
            return response.StatusCode == HttpStatusCode.OK;
        },
        "Postgres is used again");

    private Task StoredAsync(string url) => Eventually.HoldsAsync(
        async () =>
        {
            using var response = await _api.Client.FetchAsync(url);
            return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
        },
        $"{url} is stored");

    private Task DropConnectionsAsync() => _api.Database.ExecuteAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

    private Task AlterDatabaseAsync(string change) => _api.Database.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture, $"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {change}', current_database()); END $$"));
}
