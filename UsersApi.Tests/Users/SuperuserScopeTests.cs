using System.Net;
using System.Text.Json;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>Who may write users may not make superusers of them, nor take that away, without a scope of its own.</summary>
public sealed class SuperuserScopeTests : SharedApiTest
{
    private static readonly string Writer = TestTokens.Development(Scopes.UsersWrite);
    private static readonly string Admin = TestTokens.Development(Scopes.UsersWrite, Scopes.UsersAdmin);

    [TestCase("", """{"email":"ada@example.com","isSuperuser":true}""")]
    [TestCase("/bulk", """[{"email":"bob@example.com"},{"email":"ada@example.com","isSuperuser":true}]""")]
    public async Task A_superuser_is_created_with_the_scope_only(string path, string json)
    {
        await IsRefusedAsync(HttpMethod.Post, Http.Users + path, json);
        Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);

        using var response = await Client.SendAsync(HttpMethod.Post, Http.Users + path, json, token: Admin);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users WHERE is_superuser"), Is.EqualTo(1));
    }

    [TestCase("PUT", """{"email":"ada@example.com","isSuperuser":true}""", false)]
    [TestCase("PUT", """{"email":"ada@example.com"}""", true)]
    [TestCase("PATCH", """{"isSuperuser":true}""", false)]
    [TestCase("PATCH", """{"isSuperuser":false,"fullName":"Ada"}""", true)]
    public async Task A_superuser_is_made_and_unmade_with_the_scope_only(string method, string json, bool isSuperuser)
    {
        var url = await CreateAsync(isSuperuser);

        await IsRefusedAsync(new HttpMethod(method), url, json);
        Assert.That(
            await Api.Database.ScalarAsync<bool>("SELECT is_superuser = @isSuperuser AND version = 1 FROM users", new { isSuperuser }),
            Is.True);

        using var response = await Client.SendAsync(new HttpMethod(method), url, json, token: Admin);
        Assert.That((await response.BodyAsync()).GetProperty("isSuperuser").GetBoolean(), Is.Not.EqualTo(isSuperuser));
    }

    [Test]
    public async Task A_write_that_leaves_it_as_it_is_needs_no_more_than_any_other([Values] bool isSuperuser)
    {
        var url = await CreateAsync(isSuperuser);
        var whole = JsonSerializer.Serialize(new { email = "ada@example.com", isSuperuser });
        using var put = await Client.SendAsync(HttpMethod.Put, url, whole, token: Writer);
        using var patch = await Client.SendAsync(HttpMethod.Patch, url, JsonSerializer.Serialize(new { isSuperuser }), token: Writer);

        Assert.That((put.StatusCode, patch.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
    }

    [Test]
    public async Task A_user_that_is_not_there_and_one_of_another_version_stay_404_and_412()
    {
        var url = await CreateAsync(isSuperuser: true);
        using var missing = await Client.SendAsync(
            HttpMethod.Patch, $"{Http.Users}/{Guid.NewGuid()}", """{"isSuperuser":true}""", token: Writer);
        using var other = await Client.SendAsync(HttpMethod.Patch, url, """{"isSuperuser":true}""", "\"1-9\"", token: Writer);

        await missing.ProblemAsync(HttpStatusCode.NotFound);
        await other.ProblemAsync(HttpStatusCode.PreconditionFailed);
    }

    private async Task<string> CreateAsync(bool isSuperuser)
    {
        var json = JsonSerializer.Serialize(new { email = "ada@example.com", isSuperuser });
        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, json, token: Admin);
        return created.Headers.Location!.OriginalString;
    }

    private async Task IsRefusedAsync(HttpMethod method, string url, string json)
    {
        using var response = await Client.SendAsync(method, url, json, token: Writer);
        var problem = await response.ProblemAsync(HttpStatusCode.Forbidden);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(Scopes.UsersAdmin));
            Assert.That(response.Headers.WwwAuthenticate.Single().ToString(), Does.EndWith("scope=\"users:admin\""));
        }
    }
}
