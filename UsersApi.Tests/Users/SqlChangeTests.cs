using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>What somebody changes in SQL moves the entity tag too.</summary>
public sealed class SqlChangeTests : ApiTest
{
    private JsonElement _user;
    private string _before = null!;

    [SetUp]
    public async Task ChangeUser()
    {
        _user = await Client.CreateUserAsync("ada@example.com", "Ada");
        using var read = await Client.FetchAsync(Http.UrlOf(_user));
        _before = read.Headers.ETag!.ToString();
        await Api.Database.ExecuteAsync("UPDATE users SET full_name = 'Countess'");
    }

    [Test]
    public Task A_copy_from_before_is_not_confirmed() => Eventually.HoldsAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Http.UrlOf(_user), UriKind.Relative));
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(_before));
            using var response = await Client.SendAsync(request);
            return response.StatusCode == HttpStatusCode.OK && (await response.BodyAsync()).GetProperty("fullName").GetString() == "Countess";
        },
        "the new name");

    [Test]
    public async Task A_write_over_it_is_refused()
    {
        using var response = await Client.SendAsync(HttpMethod.Put, Http.UrlOf(_user), """{"email":"ada@example.com"}""", _before);

        await response.ProblemAsync(HttpStatusCode.PreconditionFailed);
        Assert.That(await Api.Database.ScalarAsync<string>("SELECT full_name FROM users"), Is.EqualTo("Countess"));
    }
}
