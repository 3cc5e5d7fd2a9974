using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class EarlyHitTests : ApiTest
{
    // A filter on the whole controller, say, would send every hit through MVC, at two thirds of the speed, and nothing else would tell.
    [Test]
    public async Task Hits_of_users_leave_before_MVC_begins()
    {
        using var answer = await Client.FetchAsync(Http.Users);

        Assert.That(answer.IsSuccessStatusCode, Is.True);
        Assert.That(Api.Logs.At(LogLevel.Trace), Has.Some.Contains("go through MVC"), "controllers of the tests");
        Assert.That(Api.Logs.At(LogLevel.Trace), Has.None.Matches("UsersController.*go through MVC"));
    }
}
