using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class BulkTests : SharedApiTest
{
    private const string Bulk = $"{Http.Users}/bulk";

    [Test]
    public async Task An_email_of_megabytes_is_too_long_and_not_searched_for_its_labels()
    {
        var email = "a@" + string.Concat(Enumerable.Repeat("a.", 7_000_000));
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, $$"""[{ "email": "{{email}}" }]""");

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.That(problem.Fields(), Is.EqualTo(new[] { "[0].email" }));
    }

    [Test]
    public async Task All_users_are_created_in_the_order_of_the_request()
    {
        const string Json = """
            [{"email":"a@example.com","fullName":"Zoë 😀","isActive":false},{"email":"b@example.com","isSuperuser":true}]
            """;
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Json);
        var body = await response.BodyAsync();
        var first = await Client.GetJsonAsync($"{Http.Users}/{body.GetProperty("ids")[0].GetString()}");
        var second = await Client.GetJsonAsync($"{Http.Users}/{body.GetProperty("ids")[1].GetString()}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(body.GetProperty("count").GetInt32(), Is.EqualTo(2));
            Assert.That(first.GetProperty("fullName").GetString(), Is.EqualTo("Zoë 😀"));
            Assert.That(first.GetProperty("isActive").GetBoolean(), Is.False);
            Assert.That(second.GetProperty("email").GetString(), Is.EqualTo("b@example.com"));
            Assert.That(second.GetProperty("fullName").GetString(), Is.Null);
            Assert.That(second.GetProperty("isSuperuser").GetBoolean(), Is.True);
            Assert.That(second.GetProperty("version").GetInt64(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task All_users_are_listed_in_the_order_of_the_request()
    {
        // Neither the order of the addresses nor that of the alphabet.
        string[] emails = [.. Enumerable.Range(0, 300).Select(number => $"{number * 7919 % 1009}user@example.com")];
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Users(emails));

        var listed = await Client.GetJsonAsync($"{Http.Users}?limit=300");

        Assert.That(listed.EnumerateArray().Select(user => user.GetProperty("email").GetString()), Is.EqualTo(emails));
    }

    [Test]
    public async Task Twenty_thousand_users_are_created_at_once()
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Users(UserLimits.MaxRows));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
            Assert.That(await CountAsync(), Is.EqualTo(UserLimits.MaxRows));
        }
    }

    [Test]
    public async Task More_are_refused()
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Users(UserLimits.MaxRows + 1));

        await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.That(await CountAsync(), Is.Zero);
    }

    [Test]
    public async Task Emails_that_are_taken_are_all_named_by_position_and_nobody_is_created()
    {
        await Client.CreateUserAsync("b@example.com");
        await Client.CreateUserAsync("D@example.com");

        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Users("a@example.com", "B@example.com", "c@example.com", "d@example.com"));
        var problem = await response.ProblemAsync(HttpStatusCode.Conflict);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { "[1].email", "[3].email" }));
            Assert.That(problem.GetRawText(), Does.Not.Contain("example.com"));
            Assert.That(await CountAsync(), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Emails_that_repeat_each_other_are_named_by_position()
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, Users("a@example.com", "b@example.com", "A@example.com"));
        var problem = await response.ProblemAsync(HttpStatusCode.Conflict);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { "[2].email" }));
            Assert.That(problem.GetProperty("errors").GetProperty("[2].email")[0].GetString(), Does.Contain("[0].email"));
            Assert.That(await CountAsync(), Is.Zero);
        }
    }

    [TestCase("[]", "body")]
    [TestCase("{}", "body")]
    [TestCase("[null]", "body")]
    [TestCase("""[{"email":"a@example.com"},{"email":"nobody"}]""", "[1].email")]
    [TestCase("""[{"email":"a@example.com"},{"fullName":"x"}]""", "[1].email")]
    [TestCase("""[{"email":"a@example.com"},{"email":7}]""", "[1].email")]
    [TestCase("""[{"email":"a@example.com","fullName":"\u0000"}]""", "[0].fullName")]
    public async Task What_is_not_valid_is_refused_by_position_and_nobody_is_created(string json, string field)
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Bulk, json);
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { field }));
            Assert.That(await CountAsync(), Is.Zero);
        }
    }

    [Test]
    public async Task A_body_over_the_limit_is_refused()
    {
        // Without asking first, a client may still be sending when the server closes the connection.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Bulk, UriKind.Relative));
        request.Headers.ExpectContinue = true;
        request.Content = Http.Json(new string(' ', UserLimits.BulkBytes + 1));

        using var response = await Client.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task Of_two_that_share_an_email_and_race_one_is_created_whole()
    {
        var left = Users([.. Enumerable.Range(0, 500).Select(number => $"left{number}@example.com"), "shared@example.com"]);
        var right = Users([.. Enumerable.Range(0, 500).Select(number => $"right{number}@example.com"), "shared@example.com"]);

        var responses = await Task.WhenAll(
            Client.SendAsync(HttpMethod.Post, Bulk, left), Client.SendAsync(HttpMethod.Post, Bulk, right));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                responses.Select(response => response.StatusCode), Is.EquivalentTo(new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
            Assert.That(await CountAsync(), Is.EqualTo(501));
        }
    }

    private static string Users(int count) => Users([.. Enumerable.Range(0, count).Select(number => $"user{number}@example.com")]);

    private static string Users(params string[] emails) => JsonSerializer.Serialize(emails.Select(email => new { email, fullName = "Some One" }));

    private Task<long> CountAsync() => Api.Database.ScalarAsync<long>("SELECT count(*) FROM users");
}
