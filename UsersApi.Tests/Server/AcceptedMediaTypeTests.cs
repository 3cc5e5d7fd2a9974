using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class AcceptedMediaTypeTests : SharedApiTest
{
    private const string Json = "application/json";
    private const string Patches = "application/merge-patch+json, application/json";

    [Test]
    public async Task A_415_names_what_would_be_taken(
        [Values("POST", "POST bulk", "PUT", "PATCH", "POST evictions")] string write,
        [Values("text/plain", "application/json-patch+json", "application/vnd.users+json", "application/json; charset=klingon", "")] string mediaType)
    {
        using var response = await SendAsync(Client, write, mediaType);

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ValueOf(response, "Accept"), Is.EqualTo(write == "PATCH" ? null : Json));
            Assert.That(ValueOf(response, "Accept-Patch"), Is.EqualTo(write == "PATCH" ? Patches : null));
        }
    }

    [Test]
    public async Task Other_answers_name_nothing()
    {
        using var response = await SendAsync(Client, "POST", Json);

        Assert.That(ValueOf(response, "Accept"), Is.Null);
    }

    [Test]
    public async Task Who_has_no_token_learns_that_first()
    {
        using var response = await SendAsync(Api.Anonymous, "POST", "text/plain");

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static string? ValueOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string write, string mediaType)
    {
        var url = write switch
        {
            "POST" => Http.Users,
            "POST bulk" => $"{Http.Users}/bulk",
            "POST evictions" => "/api/v1/cache/evictions",
            _ => $"{Http.Users}/{Guid.NewGuid()}",
        };
        using var request = new HttpRequestMessage(new HttpMethod(write.Split(' ')[0]), new Uri(url, UriKind.Relative));
        request.Content = new ByteArrayContent("""{"email":"ada@example.com"}"""u8.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        return await client.SendAsync(request);
    }
}
