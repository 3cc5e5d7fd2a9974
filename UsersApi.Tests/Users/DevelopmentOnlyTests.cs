using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class DevelopmentOnlyTests
{
    [TestCase("Development", HttpStatusCode.OK)]
    [TestCase("Production", HttpStatusCode.NotFound)]
    [TestCase("Staging", HttpStatusCode.NotFound)]
    public async Task The_list_without_the_cache_exists_in_Development_only(string environment, HttpStatusCode status)
    {
        await using var api = await UsersApiHost.StartAsync(environment);
        using var list = await api.Client.FetchAsync($"{Http.Users}/nocache");
        using var head = await api.Client.SendAsync(HttpMethod.Head, $"{Http.Users}/nocache");
        var document = (await api.Client.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.StatusCode, Is.EqualTo(status));
            Assert.That(head.StatusCode, Is.EqualTo(status));
            Assert.That(document.TryGetProperty($"{Http.Users}/nocache", out _), Is.EqualTo(status == HttpStatusCode.OK));
            Assert.That(document.TryGetProperty(Http.Users, out _), Is.True);
        }
    }
}
