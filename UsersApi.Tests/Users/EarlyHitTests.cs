using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class EarlyHitTests : ApiTest
{
    [Test]
    public async Task No_filter_of_the_application_keeps_hits_of_users_from_leaving_before_MVC()
    {
        using var answer = await Api.Client.FetchAsync(Http.Users);

        Assert.That(answer.IsSuccessStatusCode, Is.True);
        // The tests have controllers of their own, some of which must.
        Assert.That(Api.Logs.At(LogLevel.Information).Where(line => line.Contains("go the whole way", StringComparison.Ordinal)), Has.None.Contain("UsersController"));
    }
}
