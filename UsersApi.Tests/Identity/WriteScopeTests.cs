using System.Net;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>Who may write, in both environments: with tokens of Development's own, and with those of an issuer.</summary>
[TestFixture("Development")]
[TestFixture("Production")]
public sealed class WriteScopeTests(string environment) : SharedApiTest(environment)
{
    private const string One = $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77";
    private const string Evictions = "/api/v1/cache/evictions";

    private static readonly TestCaseData[] Writes =
    [
        new("POST", Http.Users, """{"email":"a@example.com"}""", Scopes.UsersWrite),
        new("POST", $"{Http.Users}/bulk", """[{"email":"a@example.com"}]""", Scopes.UsersWrite),
        new("PUT", One, """{"email":"a@example.com"}""", Scopes.UsersWrite),
        new("PATCH", One, """{"email":"a@example.com"}""", Scopes.UsersWrite),
        new("DELETE", One, null, Scopes.UsersWrite),
        new("POST", Evictions, """{"tags":["users"]}""", Scopes.CacheAdmin),
    ];

    [TestCaseSource(nameof(Writes))]
    public async Task Without_a_token_it_is_a_401_that_asks_for_one(string method, string path, string? json, string scope)
    {
        using var response = await Api.Anonymous.SendAsync(new HttpMethod(method), path, json);
        var problem = await response.ProblemAsync(HttpStatusCode.Unauthorized);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.WwwAuthenticate.Single().ToString(), Is.EqualTo($"Bearer realm=\"UsersApi\", scope=\"{scope}\""), "no error: nothing was wrong yet");
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(scope));
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }
    }

    [TestCaseSource(nameof(Writes))]
    public async Task With_every_other_scope_it_is_a_403_that_names_the_missing_one(string method, string path, string? json, string scope)
    {
        using var response = await Api.Anonymous.SendAsync(new HttpMethod(method), path, json, token: TokenFor(Scopes.All.Except([scope])));
        var problem = await response.ProblemAsync(HttpStatusCode.Forbidden);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                response.Headers.WwwAuthenticate.Single().ToString(),
                Is.EqualTo($"Bearer realm=\"UsersApi\", error=\"insufficient_scope\", scope=\"{scope}\""));
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain(scope));
            Assert.That(await Api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }
    }

    [TestCaseSource(nameof(Writes))]
    public async Task With_its_scope_alone_it_is_let_in(string method, string path, string? json, string scope)
    {
        using var response = await Api.Anonymous.SendAsync(new HttpMethod(method), path, json, token: TokenFor([scope]));

        Assert.That(response.StatusCode, Is.AnyOf(HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Users_are_read_by_everybody([Values(Http.Users, $"{Http.Users}?limit=5", $"{Http.Users}/search?q=a")] string path) =>
        Assert.That((await Api.Anonymous.GetJsonAsync(path)).GetArrayLength(), Is.Zero);

    [Test]
    public async Task A_method_that_nobody_may_use_stays_a_405()
    {
        using var response = await Api.Anonymous.SendAsync(HttpMethod.Delete, Http.Users);

        await response.ProblemAsync(HttpStatusCode.MethodNotAllowed);
    }

    [Test]
    public void No_action_that_is_not_a_read_goes_without_a_scope()
    {
        var actions = Api.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(group => group.Items);

        Assert.That(
            actions.Where(action => action.HttpMethod is not ("GET" or "HEAD") && !action.ActionDescriptor.EndpointMetadata.OfType<RequiresScopeAttribute>().Any()),
            Is.Empty);
    }

    private string TokenFor(IEnumerable<string> scopes) => Environment == "Development" ? TestTokens.Development(scopes) : TestTokens.Production(scopes);
}
