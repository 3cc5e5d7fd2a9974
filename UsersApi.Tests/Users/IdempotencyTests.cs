using System.Net;
using System.Net.Http.Headers;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>A request that is sent again with its Idempotency-Key creates nothing again, and is answered as the first one was.</summary>
public sealed class IdempotencyTests() : SharedApiTest("Production")
{
    private const string Bulk = $"{Http.Users}/bulk";
    private const string Ada = """{ "email": "ada@example.com", "fullName": "Zoë Ada" }""";
    private const string Key = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";

    [TestCase(Http.Users, Ada)]
    [TestCase(Bulk, $"[{Ada}]")]
    public async Task A_request_that_is_repeated_creates_nothing_and_gets_the_first_answer(string url, string json)
    {
        var first = await PostAsync(url, json, Key);
        await Api.Database.ExecuteAsync("UPDATE users SET full_name = 'changed since'");
        var again = await PostAsync(url, json, Key);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Status, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(again, Is.EqualTo(first));
            Assert.That(await CountAsync(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Of_fifty_at_once_one_creates_a_user_and_all_that_are_answered_get_the_same_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(Http.Users, Ada, Key)));
        var afterwards = await PostAsync(Http.Users, Ada, Key);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Select(answer => answer.Status), Is.All.AnyOf(HttpStatusCode.Created, HttpStatusCode.Conflict));
            Assert.That(answers.Where(answer => answer.Status == HttpStatusCode.Created), Is.Not.Empty.And.All.EqualTo(afterwards));
            Assert.That(await CountAsync(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_request_that_is_still_running_is_a_conflict_for_its_repetition()
    {
        await using var connection = await Api.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "LOCK TABLE users IN EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        var first = PostAsync(Http.Users, Ada, Key);
        await Api.Database.LockWaitersAsync(1, "the first request waits");

        var again = await PostAsync(Http.Users, Ada, Key);
        await transaction.RollbackAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Status, Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(again.Body, Does.Contain("still running"));
            Assert.That((await first).Status, Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [TestCase(Http.Users, """{ "email": "bob@example.com" }""")]
    [TestCase(Bulk, $"[{Ada}]")]
    public async Task A_key_that_was_used_for_another_request_is_refused(string url, string json)
    {
        await PostAsync(Http.Users, Ada, Key);

        var other = await PostAsync(url, json, Key);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
            Assert.That(await CountAsync(), Is.EqualTo(1));
        }
    }

    [TestCase("")]
    [TestCase("\"\"")]
    [TestCase("\"a\", \"b\"")]
    [TestCase("two words")]
    [TestCase("\"unfinished")]
    [TestCase(null)]
    public async Task What_is_no_key_is_refused_by_name(string? key)
    {
        var answer = await PostAsync(Http.Users, Ada, key ?? new string('k', 300));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(answer.Body, Does.Contain("Idempotency-Key").Or.Contain("idempotencyKey"));
            Assert.That(await CountAsync(), Is.Zero);
        }
    }

    [Test]
    public async Task A_request_that_failed_is_carried_out_when_it_is_repeated()
    {
        await PostAsync(Http.Users, Ada, null);
        var failed = await PostAsync(Http.Users, Ada, Key);
        await Api.Database.ExecuteAsync("DELETE FROM users");

        var again = await PostAsync(Http.Users, Ada, Key);

        Assert.That((failed.Status, again.Status), Is.EqualTo((HttpStatusCode.Conflict, HttpStatusCode.Created)));
    }

    [Test]
    public async Task Two_callers_may_use_one_key()
    {
        var one = await PostAsync(Http.Users, Ada, Key, subject: "one");
        var other = await PostAsync(Http.Users, """{ "email": "bob@example.com" }""", Key, subject: "other");

        Assert.That((one.Status, other.Status), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created)));
    }

    [Test]
    public async Task After_its_time_a_key_is_new_and_what_has_expired_is_deleted()
    {
        await PostAsync(Http.Users, Ada, Key);
        await PostAsync(Http.Users, """{ "email": "bob@example.com" }""", "another");
        var hours = await Api.Database.ScalarAsync<double>(
            "SELECT extract(epoch FROM min(expires_at) - now()) / 3600 FROM idempotency_keys");
        await Api.Database.ExecuteAsync("UPDATE idempotency_keys SET expires_at = now()");

        var renewed = await PostAsync(Http.Users, """{ "email": "carol@example.com" }""", Key);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(hours, Is.EqualTo(24).Within(1));
            Assert.That(renewed.Status, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM idempotency_keys"), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Neither_key_nor_caller_is_stored()
    {
        await PostAsync(Http.Users, Ada, "the-key-of-ada", subject: "the-subject");

        var stored = await Api.Database.ScalarAsync<string>(
            "SELECT string_agg(row_to_json(idempotency_keys)::text, '') FROM idempotency_keys");

        Assert.That(stored, Does.Contain("ada@example.com").And.Not.Contain("the-key-of-ada").And.Not.Contain("the-subject"));
    }

    private async Task<Answer> PostAsync(string url, string json, string? key, string subject = "somebody")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, UriKind.Relative)) { Content = Http.Json(json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestServers.Issuer.CreateToken(subject, Scopes.UsersWrite));
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var response = await Api.Anonymous.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, response.Headers.Location?.ToString(), response.Headers.ETag?.ToString(), body);
    }

    private Task<long> CountAsync() => Api.Database.ScalarAsync<long>("SELECT count(*) FROM users");

    private sealed record Answer(HttpStatusCode Status, string? Location, string? ETag, string Body);
}
