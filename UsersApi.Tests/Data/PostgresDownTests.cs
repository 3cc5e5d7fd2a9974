using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class PostgresDownTests
{
    // The discard service's port: nothing listens there.
    private const string Nowhere = "Host=127.0.0.1;Port=9;Username=nobody;Password=nothing;Database=users;Timeout=2";

    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi() => _api = await UsersApiHost.StartAsync(settings: ("ConnectionStrings:Postgres", Nowhere));

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task Reads_are_answered_503_with_a_time_to_retry()
    {
        using var response = await _api.Client.FetchAsync($"{Http.Users}/nocache");

        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [TestCase(Http.Users)]
    [TestCase($"{Http.Users}/0125e72e-ab51-7daf-a706-dd2f4d197e6f")]
    public async Task A_cached_read_that_fails_says_so_in_its_cache_status(string url)
    {
        using var response = await _api.Client.FetchAsync(url);

        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.That(response.Headers.GetValues("Cache-Status").Single(), Is.EqualTo("UsersApi; detail=failed"));
    }

    [Test]
    public async Task What_is_not_cached_has_none_when_it_fails()
    {
        using var read = await _api.Client.FetchAsync($"{Http.Users}/nocache");
        using var written = await _api.Client.SendAsync(HttpMethod.Post, Http.Users, """{ "email": "ada@example.com" }""");

        Assert.That(read.Headers.Contains("Cache-Status") || written.Headers.Contains("Cache-Status"), Is.False);
    }

    [Test]
    public async Task The_node_lives_and_stays_in_service_for_what_it_has_stored()
    {
        using var live = await _api.Client.FetchAsync("/health/live");
        using var ready = await _api.Client.FetchAsync("/health/ready");
        var body = await ready.BodyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(live.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(body.GetProperty("status").GetString(), Is.EqualTo("Degraded"));
            Assert.That(body.GetProperty("checks").GetProperty("postgres").GetString(), Is.EqualTo("Degraded"));
        }
    }

    [Test]
    public async Task The_node_is_not_ready_where_that_is_asked_for()
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("ConnectionStrings:Postgres", Nowhere), ("Health:UnhealthyWithoutPostgres", "true")]);
        using var ready = await api.Client.FetchAsync("/health/ready");
        var body = await ready.BodyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(body.GetProperty("checks").GetProperty("postgres").GetString(), Is.EqualTo("Unhealthy"));
        }
    }
}
