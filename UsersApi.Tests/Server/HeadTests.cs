using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class HeadTests : SharedApiTest
{
    [Test]
    public async Task HEAD_is_answered_with_the_headers_of_GET_and_no_body(
        [Values($"{Http.Users}/nocache?limit=2", $"{Http.Users}/search?q=a", Http.Users, "/openapi/v1.json", "/", "/health/live", "/health/ready")] string path)
    {
        await Api.UntilItCachesAsync();
        await Client.CreateUserAsync("ada@example.com");
        using var get = await Client.FetchAsync(path);
        using var head = await Client.SendAsync(HttpMethod.Head, path);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(head.StatusCode, Is.EqualTo(get.StatusCode));
            Assert.That(NamesOf(head), Is.EqualTo(NamesOf(get)));
            Assert.That(head.Content.Headers.ContentType, Is.EqualTo(get.Content.Headers.ContentType));
            Assert.That(await head.Content.ReadAsByteArrayAsync(), Is.Empty);
        }
    }

    [Test]
    public void Whatever_answers_GET_answers_HEAD()
    {
        var methods = Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("misbehaving", StringComparison.Ordinal) is not true)
            .Select(endpoint => (Route: endpoint.RoutePattern.RawText!.TrimStart('/'), endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods))
            .Where(endpoint => endpoint.HttpMethods is not null)
            .ToLookup(endpoint => endpoint.Route, endpoint => endpoint.HttpMethods!);

        Assert.That(
            methods.Where(route => route.Any(one => one.Contains("GET")) && !route.Any(one => one.Contains("HEAD"))).Select(route => route.Key), Is.Empty);
    }

    [Test]
    public async Task A_HEAD_that_is_refused_is_refused_as_GET_is()
    {
        using var head = await Client.SendAsync(HttpMethod.Head, $"{Http.Users}/search");

        Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    // Age and the cache's own word of the request differ with time; the framing of a body that is not sent may be left out.
    private static IEnumerable<string> NamesOf(HttpResponseMessage response) =>
        response.Headers.Select(header => header.Key).Except(["Age", "Transfer-Encoding"]).Order(StringComparer.Ordinal);
}
