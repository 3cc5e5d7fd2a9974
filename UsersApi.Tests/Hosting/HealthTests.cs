using System.Net;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moq;
using UsersApi.Server;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class HealthTests : ApiTest
{
    [Test]
    public async Task A_node_with_Postgres_is_ready()
    {
        await Api.UntilItCachesAsync();
        var ready = await Client.GetJsonAsync("/health/ready");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ready.GetProperty("status").GetString(), Is.EqualTo("Healthy"));
            Assert.That(ready.GetProperty("checks").GetProperty("postgres").GetString(), Is.EqualTo("Healthy"));
        }
    }

    [Test]
    public async Task A_node_whose_Postgres_hangs_says_in_time_that_it_is_not_ready([Values] bool afterItAnswered)
    {
        var limit = TimeSpan.FromSeconds(17);
        var clock = new ManualTime();
        LatentProxy link = null!;
        await using var api = await UsersApiHost.StartBehindAsync(
            database =>
            {
                link = new LatentProxy(database.Host!, database.Port);
                (database.Host, database.Port) = ("127.0.0.1", link.Port);
                return database.ConnectionString;
            },
            clock,
            ("Outbox:Enabled", "false"),
            ("Postgres:ConnectTimeout", "00:01:00"),
            ("Postgres:CommandTimeout", "00:10:00"),
            ("Postgres:HealthTimeout", "00:00:17"),
            ("Health:UnhealthyWithoutPostgres", "true"));
        using var closed = link;
        if (afterItAnswered)
        {
            await api.Client.GetJsonAsync("/health/ready");
        }

        link.Latency = TimeSpan.FromHours(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        var asked = api.Client.FetchAsync("/health/ready");
        await clock.TimersAsync(limit, 1);
        clock.Advance(limit);

        using var ready = await asked.WaitAsync(Eventually.Deadline);
        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [Test]
    public async Task Many_who_ask_at_once_and_within_a_second_cost_Postgres_one_question()
    {
        const string Asked = "SELECT count(*), max(query_start) FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1'";
        var clock = new ManualTime();
        await using var api = await UsersApiHost.StartBehindAsync(database => database.ConnectionString, clock, ("Outbox:Enabled", "false"));
        await AskAsync(20);
        await using var connection = await api.Database.DataSource.OpenConnectionAsync();
        var once = await connection.QuerySingleAsync<(long Count, DateTime Last)>(Asked);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        await AskAsync(3);
        var still = await connection.QuerySingleAsync<(long Count, DateTime Last)>(Asked);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await AskAsync(1);
        var again = await connection.QuerySingleAsync<(long Count, DateTime Last)>(Asked);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(once.Count, Is.EqualTo(1));
            Assert.That(still, Is.EqualTo(once));
            Assert.That(again.Last, Is.GreaterThan(once.Last));
        }

        Task AskAsync(int times) => Task.WhenAll(Enumerable.Range(0, times).Select(_ => api.Client.GetJsonAsync("/health/ready")));
    }

    [Test]
    public async Task Start_up_is_over_when_the_host_has_started()
    {
        using var started = new CancellationTokenSource();
        var lifetime = new Mock<IHostApplicationLifetime>();
        lifetime.Setup(host => host.ApplicationStarted).Returns(() => started.Token);
        var check = new StartUp(lifetime.Object);

        var before = await check.CheckHealthAsync(new HealthCheckContext());
        await started.CancelAsync();
        var after = await check.CheckHealthAsync(new HealthCheckContext());

        Assert.That((before.Status, after.Status), Is.EqualTo((HealthStatus.Unhealthy, HealthStatus.Healthy)));
    }

    [Test]
    public async Task Start_up_depends_on_no_server() => Assert.That(
        (await Client.GetJsonAsync("/health/startup")).GetRawText(), Is.EqualTo("""{"status":"Healthy","checks":{"started":"Healthy"}}"""));

    [Test]
    public async Task A_node_asks_itself_for_the_first_page_before_it_is_ready()
    {
        await using var api = await UsersApiHost.StartAsync(settings: [("RedisCached:Warm:Requests:0:AtStart", "true")]);
        await Eventually.HoldsAsync(
            async () =>
            {
                using var ready = await api.Anonymous.FetchAsync("/health/ready");
                return ready.IsSuccessStatusCode;
            },
            "it is ready");

        using var first = await api.Anonymous.FetchAsync(Http.Users);

        Assert.That(first.Headers.GetValues("Cache-Status").Single(), Does.StartWith("UsersApi; hit"));
    }

    [Test]
    public async Task Life_depends_on_nothing() =>
        Assert.That((await Client.GetJsonAsync("/health/live")).GetRawText(), Is.EqualTo("""{"status":"Healthy","checks":{}}"""));
}
