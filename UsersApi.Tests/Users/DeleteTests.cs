using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class DeleteTests : SharedApiTest
{
    [Test]
    public async Task A_deleted_user_is_gone_and_its_email_is_free()
    {
        var url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));

        using var deleted = await Client.SendAsync(HttpMethod.Delete, url);
        using var again = await Client.SendAsync(HttpMethod.Delete, url);
        using var gone = await Client.FetchAsync(url);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
            await again.ProblemAsync(HttpStatusCode.NotFound);
            await gone.ProblemAsync(HttpStatusCode.NotFound);
        }

        await Client.CreateUserAsync("ada@example.com");
    }

    [TestCase("not-a-guid")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    public async Task An_id_that_nobody_has_is_not_found(string id)
    {
        using var response = await Client.FetchAsync($"{Http.Users}/{id}");

        await response.ProblemAsync(HttpStatusCode.NotFound);
    }
}
