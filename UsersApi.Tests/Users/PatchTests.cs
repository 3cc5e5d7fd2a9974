using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class PatchTests : SharedApiTest
{
    private string _url = null!;

    [SetUp]
    public async Task CreateUser() => _url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com", "Ada", isActive: false));

    [TestCase("application/json")]
    [TestCase("application/merge-patch+json")]
    [TestCase("application/merge-patch+json; charset=utf-8")]
    public async Task Absent_members_stay(string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(_url, UriKind.Relative));
        request.Content = new StringContent("""{"isSuperuser":true}""");
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(mediaType);

        using var response = await Client.SendAsync(request);
        var user = await response.BodyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(user.GetProperty("email").GetString(), Is.EqualTo("ada@example.com"));
            Assert.That(user.GetProperty("fullName").GetString(), Is.EqualTo("Ada"));
            Assert.That(user.GetProperty("isActive").GetBoolean(), Is.False);
            Assert.That(user.GetProperty("isSuperuser").GetBoolean(), Is.True);
            Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo("\"1-2\""));
        }
    }

    [Test]
    public async Task Null_removes_the_name()
    {
        using var response = await Client.SendAsync(HttpMethod.Patch, _url, """{"fullName":null}""");

        Assert.That((await response.BodyAsync()).GetProperty("fullName").GetString(), Is.Null);
    }

    [TestCase("""{"email":null}""", "email")]
    [TestCase("""{"email":""}""", "email")]
    [TestCase("""{"email":"nobody"}""", "email")]
    [TestCase("""{"isActive":null}""", "isActive")]
    [TestCase("""{"isSuperuser":null}""", "isSuperuser")]
    [TestCase("""{"isSuperuser":1}""", "isSuperuser")]
    [TestCase("""{"fullName":"a\u0000"}""", "fullName")]
    [TestCase("""{"fullName":"\ud800"}""", "fullName")]
    [TestCase("""{"emial":"b@example.com"}""", "emial")]
    [TestCase("""{"version":7}""", "version")]
    [TestCase("""[]""", "body")]
    [TestCase("""null""", "body")]
    [TestCase(""" "text" """, "body")]
    public async Task What_is_not_valid_is_refused_and_changes_nothing(string json, string field)
    {
        using var response = await Client.SendAsync(HttpMethod.Patch, _url, json);
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Fields(), Is.EqualTo(new[] { field }));
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT version FROM users"), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task The_email_of_another_user_is_refused()
    {
        await Client.CreateUserAsync("taken@example.com");

        using var response = await Client.SendAsync(HttpMethod.Patch, _url, """{"email":"TAKEN@example.com"}""");

        await response.ProblemAsync(HttpStatusCode.Conflict);
    }

    [Test]
    public async Task Other_media_types_are_refused()
    {
        using var response = await Client.SendAsync(HttpMethod.Patch, _url, "[]", mediaType: "application/json-patch+json");

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }
}
