using System.Net;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class ShutdownDelayTests
{
    [Test]
    public async Task A_process_that_was_asked_to_stop_serves_and_is_not_ready_until_the_load_balancer_has_noticed()
    {
        var delay = TimeSpan.FromSeconds(20);
        var clock = new ManualTime();
        await using var api = await UsersApiHost.StartBehindAsync(
            database => database.ConnectionString, clock, ("Server:ShutdownDelay", "00:00:20"), ("Outbox:Enabled", "false"));
        var stopping = api.Services.GetRequiredService<IHost>().StopAsync();
        await clock.TimersAsync(delay, 1);

        using var ready = await api.Anonymous.FetchAsync("/health/ready");
        using var live = await api.Anonymous.FetchAsync("/health/live");
        using var users = await api.Anonymous.FetchAsync(Http.Users);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((ready.StatusCode, live.StatusCode, users.StatusCode), Is.EqualTo((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK)));
            Assert.That(stopping.IsCompleted, Is.False);
        }

        clock.Advance(delay);
        await stopping.WaitAsync(Runs.Deadline);
    }
}
