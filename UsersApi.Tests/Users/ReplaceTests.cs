using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class ReplaceTests : SharedApiTest
{
    [Test]
    public async Task Everything_is_replaced_and_absent_members_take_their_defaults()
    {
        var before = await Client.CreateUserAsync("ada@example.com", "Ada", isActive: false);

        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(before), """{"email":"countess@example.com"}""");
        var after = await response.BodyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(response.Headers.ETag?.ToString(), Is.EqualTo("\"1-2\""));
            Assert.That(after.GetProperty("email").GetString(), Is.EqualTo("countess@example.com"));
            Assert.That(after.GetProperty("fullName").GetString(), Is.Null);
            Assert.That(after.GetProperty("isActive").GetBoolean(), Is.True);
            Assert.That(after.GetProperty("createdAt").GetString(), Is.EqualTo(before.GetProperty("createdAt").GetString()));
            Assert.That(after.GetProperty("updatedAt").GetDateTime(), Is.GreaterThan(before.GetProperty("updatedAt").GetDateTime()));
        }
    }

    [Test]
    public async Task Even_an_update_that_changes_nothing_raises_the_version()
    {
        var user = await Client.CreateUserAsync("ada@example.com");

        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(user), user.GetRawText());

        Assert.That((await response.BodyAsync()).GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_email_of_another_user_is_refused()
    {
        await Client.CreateUserAsync("taken@example.com");
        var user = await Client.CreateUserAsync("ada@example.com");

        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(user), """{"email":"Taken@example.com"}""");

        Assert.That((await response.ProblemAsync(HttpStatusCode.Conflict)).Fields(), Is.EqualTo(new[] { "email" }));
    }

    [Test]
    public async Task The_case_of_the_own_email_can_be_changed()
    {
        var user = await Client.CreateUserAsync("ada@example.com");

        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(user), """{"email":"Ada@example.com"}""");

        Assert.That((await response.BodyAsync()).GetProperty("email").GetString(), Is.EqualTo("Ada@example.com"));
    }

    [Test]
    public async Task A_user_without_an_email_is_refused()
    {
        var user = await Client.CreateUserAsync("ada@example.com");

        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(user), """{"fullName":"Ada"}""");

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "email" }));
    }
}
