using System.Net;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>Reading needs a scope where <c>Authorization:RequireScopeForReads</c> says so, and the cache is no way around it.</summary>
[TestFixture("Development")]
[TestFixture("Production")]
public sealed class ReadScopeTests(string environment) : SharedApiTest(environment, ("Authorization:RequireScopeForReads", "true"))
{
    [TestCase("GET", Http.Users)]
    [TestCase("HEAD", Http.Users)]
    [TestCase("GET", $"{Http.Users}/search?q=a")]
    [TestCase("GET", $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77")]
    public async Task Without_a_token_it_is_a_401_and_without_the_scope_a_403_that_names_it(string method, string path)
    {
        using var anonymous = await Api.Anonymous.SendAsync(new HttpMethod(method), path);
        using var writer = await Api.Anonymous.SendAsync(new HttpMethod(method), path, token: TokenFor(Scopes.UsersWrite));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
            Assert.That(writer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(writer.Headers.WwwAuthenticate.Single().ToString(), Does.EndWith("scope=\"users:read\""));
        }
    }

    [Test]
    public async Task A_cached_answer_reaches_only_tokens_with_the_scope_and_is_private([Values("", "?limit=3", "/{id}")] string path)
    {
        var user = await Api.Client.CreateUserAsync("ada@example.com");
        var url = Http.Users + path.Replace("{id}", user.GetProperty("id").GetString(), StringComparison.Ordinal);
        foreach (var outcome in (string[])["stored", "; hit", "; hit"])
        {
            using var read = await Api.Anonymous.FetchAsync(url, TokenFor(Scopes.UsersRead));
            using var anonymous = await Api.Anonymous.FetchAsync(url);
            using var writer = await Api.Anonymous.FetchAsync(url, TokenFor(Scopes.UsersWrite));

            using (Assert.EnterMultipleScope())
            {
                Assert.That(read.Headers.GetValues("Cache-Status").Single(), Does.Contain(outcome));
                Assert.That(read.Headers.CacheControl?.Private, Is.True);
                Assert.That(await anonymous.Content.ReadAsStringAsync(), Does.Not.Contain("ada@"));
                Assert.That(anonymous.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
                Assert.That(await writer.Content.ReadAsStringAsync(), Does.Not.Contain("ada@"));
                Assert.That(writer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            }
        }
    }

    [Test]
    public void Hits_are_still_early()
    {
        _ = Api.Client;
        Assert.That(Api.Logs.At(LogLevel.Trace), Has.None.Matches("UsersController.*go through MVC"));
    }

    [Test]
    public void No_action_at_all_goes_without_a_scope()
    {
        var actions = Api.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items
            .SelectMany(group => group.Items);

        Assert.That(actions.Where(action => !action.ActionDescriptor.EndpointMetadata.OfType<RequiresScopeAttribute>().Any()), Is.Empty);
    }

    [Test]
    public async Task The_document_and_health_are_still_open_and_the_document_names_the_scope()
    {
        using var health = await Api.Anonymous.FetchAsync("/health/live");
        var list = (await Api.Anonymous.GetJsonAsync("/openapi/v1.json")).GetProperty("paths").GetProperty(Http.Users).GetProperty("get");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(health.IsSuccessStatusCode, Is.True);
            Assert.That(list.GetProperty("security")[0].GetProperty("bearer")[0].GetString(), Is.EqualTo(Scopes.UsersRead));
            Assert.That(list.GetProperty("responses").TryGetProperty("403", out _), Is.True);
        }
    }

    private string TokenFor(string scope) =>
        Environment == "Development" ? TestTokens.Development([scope]) : TestTokens.Production([scope]);
}
