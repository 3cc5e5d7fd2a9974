using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class NoStoreTests : SharedApiTest
{
    [TestCase("GET", $"{Http.Users}/nocache", 200)]
    [TestCase("GET", $"{Http.Users}/search?q=a", 200)]
    [TestCase("HEAD", $"{Http.Users}/search?q=a", 200)]
    [TestCase("GET", $"{Http.Users}?limit=0", 400)]
    [TestCase("GET", $"{Http.Users}/00000000-0000-0000-0000-000000000000", 404)]
    [TestCase("GET", "/nothing", 404)]
    [TestCase("DELETE", Http.Users, 405)]
    [TestCase("POST", Http.Users, 415)]
    [TestCase("DELETE", $"{Http.Users}/00000000-0000-0000-0000-000000000000", 404)]
    [TestCase("GET", "/misbehaving/throw", 500)]
    public async Task Answers_with_personal_data_and_errors_are_not_to_be_stored(string method, string path, int status)
    {
        using var response = await Client.SendAsync(new HttpMethod(method), path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(status));
            Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        }
    }

    [Test]
    public async Task Written_users_are_not_to_be_stored()
    {
        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"ada@example.com"}""");
        using var deleted = await Client.SendAsync(HttpMethod.Delete, created.Headers.Location!.OriginalString);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(created.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
            Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            Assert.That(deleted.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
        }
    }

    [Test]
    public async Task Nobody_without_a_token_gets_an_answer_that_is_stored()
    {
        using var response = await Api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, "{}");

        Assert.That(response.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
    }

    [Test]
    public async Task Cached_reads_keep_what_the_cache_says()
    {
        await Api.UntilItCachesAsync();
        using var hit = await Client.FetchAsync(Http.Users);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Http.Users, UriKind.Relative));
        request.Headers.IfNoneMatch.Add(hit.Headers.ETag!);
        using var unchanged = await Client.SendAsync(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(hit.Headers.CacheControl?.ToString(), Is.EqualTo("no-cache"));
            Assert.That(unchanged.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(unchanged.Headers.CacheControl?.ToString(), Is.EqualTo("no-cache"));
        }
    }

    [Test]
    public async Task Documents_may_be_kept([Values("/openapi/v1.json", "/swagger/index.html")] string path)
    {
        using var response = await Client.FetchAsync(path);

        Assert.That(response.Headers.CacheControl?.NoStore, Is.Not.True);
    }
}
