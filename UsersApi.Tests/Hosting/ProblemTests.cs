using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class ProblemTests : ApiTest
{
    // Only a broken build waits so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public async Task An_unknown_route_is_a_404_whatever_the_client_accepts([Values("application/json", "text/html", "image/png")] string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/nothing", UriKind.Relative));
        request.Headers.Accept.ParseAdd(accept);

        using var response = await Client.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_wrong_method_is_a_405_that_names_the_right_ones()
    {
        using var response = await Client.SendAsync(HttpMethod.Delete, Http.Users);

        await response.ProblemAsync(HttpStatusCode.MethodNotAllowed);
        Assert.That(response.Content.Headers.Allow, Does.Contain("GET").And.Contain("POST"));
    }

    [TestCase("Development")]
    [TestCase("Production")]
    public async Task An_exception_is_a_500_without_the_inside(string environment)
    {
        await using var api = await UsersApiHost.StartAsync(environment);
        using var response = await api.Client.FetchAsync("/misbehaving/throw");
        var problem = await response.ProblemAsync(HttpStatusCode.InternalServerError);
        await api.StopAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetRawText(), Does.Not.Contain(MisbehavingController.Secret).And.Not.Contain("InvalidOperation"));
            Assert.That(problem.GetProperty("traceId").GetString(), Is.Not.Empty);
            Assert.That(api.Logs.At(LogLevel.Error), Has.One.Contains(MisbehavingController.Secret));
        }
    }

    [Test]
    public async Task A_client_that_goes_away_is_no_error()
    {
        using var impatient = new CancellationTokenSource();
        var request = Client.GetAsync(new Uri("/misbehaving/wait", UriKind.Relative), impatient.Token);
        await MisbehavingController.Waiting.WaitAsync(Patience);
        await impatient.CancelAsync();
        Assert.That(() => request, Throws.InstanceOf<OperationCanceledException>());
        await MisbehavingController.Cancelled.WaitAsync(Patience);
        await Api.StopAsync();

        Assert.That(Api.Logs.At(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task The_server_does_not_name_itself()
    {
        using var response = await Client.FetchAsync("/health/live");

        Assert.That(response.Headers.Server, Is.Empty);
    }
}
