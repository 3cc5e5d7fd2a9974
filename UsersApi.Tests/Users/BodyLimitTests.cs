using System.Net;
using UsersApi.Server;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class BodyLimitTests : ApiTest
{
    [Test]
    public async Task A_body_over_the_limit_is_refused([Values] bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Http.Users, UriKind.Relative));
        request.Content = Http.Json($$"""{"email":"a@example.com","padding":"{{new string('x', new ServerOptions().MaxBodyBytes)}}"}""");
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await Client.SendAsync(request);
        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        await Api.StopAsync();

        Assert.That(Api.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error), Is.Empty, "the client's error is not ours");
    }
}
