using Microsoft.Extensions.Diagnostics.HealthChecks;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>Whatever happens to Redis, every request is answered as the action answers, and the log says it once.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RedisTroubleTests
{
    private const string Unreachable = "fwd=bypass; detail=unreachable";

    [Test]
    public async Task Redis_that_refuses_is_left_alone_and_said_once()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString);
        await UntilHitAsync(host);

        var before = Opened(host);
        await redis.KillAsync();
        await UntilLeaseEndsAsync(host);
        await AllAnswerAsync(host, 50, Unreachable);
        Assert.That(Opened(host) - before, Is.EqualTo(1));

        await redis.BeginAsync();
        await UntilHitAsync(host);
        Assert.That(host.Logs.At(LogLevel.Information).Count(line => line.Contains("answers in time again", StringComparison.Ordinal)), Is.GreaterThan(before));
    }

    [Test]
    public async Task Connections_that_are_reset_cost_hits_and_nothing_else()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString);
        await UntilHitAsync(host);

        for (var i = 0; i < 20; i++)
        {
            await redis.CommandAsync("CLIENT KILL TYPE normal");
            await AllAnswerAsync(host, 5);
        }

        await UntilHitAsync(host);
    }

    [Test]
    public async Task Redis_that_hangs_is_left_alone_after_a_few_deadlines_and_probed_until_it_goes_on()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString);
        await UntilHitAsync(host);

        redis.Hang();
        await UntilLeaseEndsAsync(host);
        await AllAnswerAsync(host, 200, Unreachable);
        Assert.That(Opened(host), Is.EqualTo(1));

        redis.GoOn();
        await UntilHitAsync(host);
    }

    [Test]
    public async Task Single_bypass_is_logged_with_its_reason()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString, new() { ["Leases"] = "false" });
        await UntilHitAsync(host);
        var before = Late(host);

        redis.Hang();
        Assert.That((await host.ExchangeAsync("/runs/plain/1")).Outcome, Is.EqualTo(Unreachable));
        redis.GoOn();

        Assert.That(Late(host), Is.GreaterThan(before));
    }

    private static int Late(TroubledHost host) =>
        host.Logs.At(LogLevel.Information).Count(line => line.Contains("not in time", StringComparison.Ordinal));

    [Test]
    public async Task Redis_that_is_slow_is_no_cache_and_no_brake()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var proxy = new DelayingProxy(redis.ConnectionString);
        await using var host = await StartAsync(proxy.ConnectionString);
        await UntilHitAsync(host);

        // So slow that a grant is over when it arrives: one that came sooner would be used, and rightly.
        proxy.Delay = LeaseTerms.Length;
        await UntilLeaseEndsAsync(host);
        await AllAnswerAsync(host, 200, Unreachable);
        Assert.That(Opened(host), Is.EqualTo(1));

        proxy.Delay = TimeSpan.Zero;
        await UntilHitAsync(host);
    }

    [Test]
    public async Task Redis_that_became_a_replica_takes_no_entries_and_harms_nobody()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString);
        await UntilHitAsync(host);

        await redis.CommandAsync("REPLICAOF 127.0.0.1 1");
        await AllAnswerAsync(host, 20, id: 2);
        await redis.CommandAsync("REPLICAOF NO ONE");

        await UntilHitAsync(host, id: 2);
    }

    [Test]
    public async Task Redis_without_memory_takes_no_entries_and_harms_nobody()
    {
        await using var redis = await PrivateRedis.StartAsync("--maxmemory-policy", "noeviction");
        await using var host = await StartAsync(redis.ConnectionString);
        await redis.CommandAsync("CONFIG SET maxmemory 1");

        // Versions can be set all the same, so that evictions get through; entries are kept in this node's memory alone.
        await AllAnswerAsync(host, 20);
        Assert.That(await redis.CommandAsync("EXISTS " + host.EntryKeyOf("/runs/plain/1")), Is.EqualTo(":0"));

        await redis.CommandAsync("CONFIG SET maxmemory 0");
        await UntilHitAsync(host);
    }

    [Test]
    public async Task Wrong_password_is_a_cache_that_is_not_there()
    {
        await using var redis = await PrivateRedis.StartAsync("--requirepass", "right");
        await using var wrong = await StartAsync(redis.ConnectionString + ",password=wrong");
        await using var right = await StartAsync(redis.ConnectionString + ",password=right");

        await AllAnswerAsync(wrong, 20, Unreachable);
        await UntilHitAsync(right);

        var health = await wrong.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.That(health.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(wrong.Logs.At(LogLevel.Trace), Has.None.Contain("password=wrong"));
    }

    // Thirty-two who read three megabytes each take the whole machine: beside other tests, the deadlines would judge those.
    [Test, NonParallelizable]
    public async Task Large_bodies_do_not_hold_up_the_versions()
    {
        // By hand it also holds with the default of 50 ms; other tests share the processors here.
        await using var host = await StartAsync(TestServers.Redis, new() { ["NearCacheBytes"] = "0", ["VersionsTimeout"] = "00:00:00.400", ["EntryTimeout"] = "00:00:10" });
        var body = new string('x', 3_000_000);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn(body);
        await UntilHitAsync(host, body: body);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            var outcomes = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                using var answer = await host.GetAsync("/runs/plain/1");
                Assert.That((await answer.Content.ReadAsStringAsync()).Length, Is.EqualTo(body.Length));
                outcomes.Add(answer.Headers.GetValues("Cache-Status").Single());
            }

            return outcomes;
        }));

        Assert.That(answers.SelectMany(outcomes => outcomes), Has.All.Contain("hit"));
        Assert.That(Opened(host), Is.Zero);
    }

    private static Task<TroubledHost> StartAsync(string redis, Dictionary<string, string?>? settings = null) => TroubledHost.StartAsync(redis, settings);

    private static int Opened(TroubledHost host) => host.Logs.At(LogLevel.Warning).Count(line => line.Contains("has been away, or late", StringComparison.Ordinal));

    private static async Task AllAnswerAsync(TroubledHost host, int count, string? outcome = null, int id = 1)
    {
        for (var i = 0; i < count; i++)
        {
            var answer = await host.ExchangeAsync($"/runs/plain/{id}");
            Assert.That((answer.Status, answer.Text), Is.EqualTo((200, TroubledHost.Body)));
            if (outcome is not null)
            {
                Assert.That(answer.Outcome, Is.EqualTo(outcome));
            }
        }
    }

    /// <summary>Hits go on from memory for at most a second: what is known is good for so long, whatever became of Redis.</summary>
    private static async Task UntilLeaseEndsAsync(TroubledHost host)
    {
        var began = TimeProvider.System.GetTimestamp();
        while ((await host.ExchangeAsync("/runs/plain/1")).Outcome.StartsWith("hit", StringComparison.Ordinal))
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Runs.Deadline));
        }
    }

    private static async Task UntilHitAsync(TroubledHost host, int id = 1, string body = TroubledHost.Body)
    {
        using var deadline = new CancellationTokenSource(Runs.Deadline);
        RawResponse answer;
        do
        {
            deadline.Token.ThrowIfCancellationRequested();
            answer = await host.ExchangeAsync($"/runs/plain/{id}");
            Assert.That((answer.Status, answer.Text), Is.EqualTo((200, body)));
        }
        while (!answer.Outcome.StartsWith("hit", StringComparison.Ordinal));
    }
}
