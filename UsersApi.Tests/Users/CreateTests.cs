using System.Net;
using System.Text;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class CreateTests : SharedApiTest
{
    [Test]
    public async Task A_new_user_is_found_at_its_location()
    {
        const string Json = """{"email":"zoe@example.com","fullName":"Zoë 😀","isSuperuser":true}""";
        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, Json);

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var location = created.Headers.Location!;
        using var found = await Client.FetchAsync(location.OriginalString);
        var user = await found.BodyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(location.IsAbsoluteUri, Is.False);
            Assert.That(created.Headers.ETag?.ToString(), Is.EqualTo("\"1-1\""));
            Assert.That(user.GetRawText(), Is.EqualTo(await created.Content.ReadAsStringAsync()));
            Assert.That(user.GetProperty("fullName").GetString(), Is.EqualTo("Zoë 😀"));
            Assert.That(user.GetProperty("isActive").GetBoolean(), Is.True);
            Assert.That(user.GetProperty("isSuperuser").GetBoolean(), Is.True);
            Assert.That(user.GetProperty("id").GetGuid().Version, Is.EqualTo(7));
            Assert.That(user.GetProperty("createdAt").GetDateTimeOffset().Offset, Is.EqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public async Task A_user_read_before_can_be_sent_back_whole()
    {
        var user = await Client.CreateUserAsync("a@example.com");
        var again = user.GetRawText().Replace("a@example.com", "b@example.com", StringComparison.Ordinal);

        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users, again);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task An_email_is_unique_whatever_its_case()
    {
        await Client.CreateUserAsync("ada@example.com");

        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"ADA@Example.COM"}""");
        var problem = await response.ProblemAsync(HttpStatusCode.Conflict);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { "email" }));
            Assert.That(problem.GetRawText(), Does.Not.Contain("ample.com").IgnoreCase, "the address is personal data");
        }
    }

    [Test]
    public async Task Of_ten_who_create_one_email_at_once_one_succeeds()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"ada@example.com"}""")));

        Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(responses.Count(response => response.StatusCode == HttpStatusCode.Conflict), Is.EqualTo(9));
    }

    [TestCase("""{}""", "email")]
    [TestCase("""{"email":null}""", "email")]
    [TestCase("""{"email":""}""", "email")]
    [TestCase("""{"email":"ada"}""", "email")]
    [TestCase("""{"email":"ada@localhost"}""", "email")]
    [TestCase("""{"email":"a@b@example.com"}""", "email")]
    [TestCase("""{"email":".ada@example.com"}""", "email")]
    [TestCase("""{"email":"ada@-example.com"}""", "email")]
    [TestCase("""{"email":"ada@example.com\n"}""", "email")]
    [TestCase("""{"email":" ada@example.com"}""", "email")]
    [TestCase("""{"email":"zoë@example.com"}""", "email")]
    [TestCase("""{"email":"a\u0000@example.com"}""", "email")]
    [TestCase("""{"email":"\ud800@example.com"}""", "email")]
    [TestCase("""{"email":"a@example.com","fullName":""}""", "fullName")]
    [TestCase("""{"email":"a@example.com","fullName":"a\u0000b"}""", "fullName")]
    [TestCase("""{"email":"a@example.com","fullName":"a\nb"}""", "fullName")]
    [TestCase("""{"email":"a@example.com","fullName":"\udc00"}""", "fullName")]
    [TestCase("""{"email":"a@example.com","isActive":null}""", "isActive")]
    [TestCase("""{"email":"a@example.com","isActive":"yes"}""", "isActive")]
    [TestCase("""{"email":1}""", "email")]
    [TestCase("""{"email":"a@example.com","email":"b@example.com"}""", "email")]
    [TestCase("""[]""", "body")]
    [TestCase("""null""", "body")]
    [TestCase("", "body")]
    [TestCase("""{"email":"a@example.com"} x""", "body")]
    [TestCase("""{email:1}""", "body")]
    public async Task What_is_not_valid_is_refused_by_the_name_of_its_field(string json, string field)
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users, json);
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { field }));
            Assert.That(problem.GetRawText(), Does.Not.Contain("System."), "names of types are the server's inside");
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }
    }

    [Test]
    public async Task Lengths_have_a_cap()
    {
        var email = $"{new string('a', 64)}@{string.Join('.', Enumerable.Repeat(new string('b', 60), 4))}.com";
        var json = $$"""{"email":"{{email}}","fullName":"{{new string('x', 201)}}"}""";

        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users, json);

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EquivalentTo(new[] { "email", "fullName" }));
    }

    [Test]
    public async Task The_longest_values_are_taken()
    {
        var email = $"{new string('a', 64)}@{new string('b', 63)}.{new string('c', 63)}.{new string('d', 58)}.de";
        Assert.That(email, Has.Length.EqualTo(254));

        var user = await Client.CreateUserAsync(email, new string('ü', 200));

        Assert.That(user.GetProperty("email").GetString(), Is.EqualTo(email));
    }

    [Test]
    public async Task Bytes_that_are_no_UTF_8_are_malformed()
    {
        using var content = new ByteArrayContent([.. "{\"email\":\"a@example.com\",\"fullName\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        using var response = await Client.PostAsync(new Uri(Http.Users, UriKind.Relative), content);

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("application/merge-patch+json")]
    public async Task Other_media_types_are_refused(string mediaType)
    {
        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"a@example.com"}""", mediaType: mediaType);

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Test]
    public async Task A_body_without_a_media_type_is_refused()
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"email":"a@example.com"}"""));

        using var response = await Client.PostAsync(new Uri(Http.Users, UriKind.Relative), content);

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }
}
