using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class RequiredPreconditionTests
{
    [TestCase("PUT", """{"email":"king@example.com"}"""), TestCase("PATCH", """{"email":"king@example.com"}"""), TestCase("DELETE", null)]
    public async Task Unconditional_write_is_a_428_where_a_condition_is_required(string method, string? json)
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("Api:RequirePreconditions", "true")]);
        var url = Http.UrlOf(await api.Client.CreateUserAsync("ada@example.com"));

        using var unconditional = await api.Client.SendAsync(new HttpMethod(method), url, json);
        using var anonymous = await api.Anonymous.SendAsync(new HttpMethod(method), url, json);
        var untouched = await api.Database.ScalarAsync<bool>("SELECT version = 1 FROM users");
        using var conditional = await api.Client.SendAsync(new HttpMethod(method), url, json, "\"1-1\"");

        var problem = await unconditional.ProblemAsync(HttpStatusCode.PreconditionRequired);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("If-Match"));
            Assert.That(untouched, Is.True);
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "who asks is asked first");
            Assert.That(conditional.IsSuccessStatusCode, Is.True);
        }
    }
}
