using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>A Redis that goes away, comes back empty, or comes back from a snapshot: nothing old is ever served.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RedisFailureTests
{
    private const string Unreachable = "fwd=bypass; detail=unreachable";

    // Under a lease, a node that does not yet know of the restart may go on for a second: nothing was written.
    private static readonly Dictionary<string, string?> WithoutLeases = new() { ["Leases"] = "false" };

    [Test]
    public async Task Eviction_that_fails_is_withheld_where_the_option_says_so()
    {
        // Port 1 is closed: nothing listens there.
        await using var host = await StartAsync("127.0.0.1:1", new() { ["WithholdOnFailedEviction"] = "true", ["EvictionTimeout"] = "00:00:00.100" });

        var answer = await host.ExchangeAsync("PUT", "/runs/plain/1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status, answer["Retry-After"], answer["Content-Type"]), Is.EqualTo((503, "1", "application/problem+json; charset=utf-8")));
            Assert.That(answer.Text, Does.Contain("\"type\":").And.Contain("\"status\":503").And.Contain("may have been made"));
            Assert.That(answer["ETag"], Is.Empty, "It describes what is not sent.");
            Assert.That((await host.ExchangeAsync("PUT", "/runs/plain/0")).Status, Is.EqualTo(400), "Nothing was changed, nothing is withheld.");
        }
    }

    [Test]
    public async Task Eviction_that_fails_is_acknowledged_and_tried_again_until_it_got_through()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await StartAsync(redis.ConnectionString, new() { ["EvictionTimeout"] = "00:00:00.100" });
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("before");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Does.StartWith("hit"));

        await redis.KillAsync();
        var acknowledged = await host.ExchangeAsync("PUT", "/runs/plain/1");
        var down = await host.ExchangeAsync("GET", "/runs/plain/1");
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("after");
        await ComesBackAsync(host, redis);
        RawResponse answer;
        do
        {
            answer = await host.ExchangeAsync("GET", "/runs/plain/1");
            Assert.That(answer.Text, Is.EqualTo("after"));
        }
        while (!answer.Outcome.StartsWith("hit", StringComparison.Ordinal));

        Assert.That((acknowledged.Status, down.Outcome), Is.EqualTo((204, Unreachable)));
    }

    [Test]
    public async Task Tags_whose_eviction_is_owed_are_bypassed_and_no_others()
    {
        await using var host = await RunsController.StartAsync();
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");
        var owed = host.Services.GetRequiredService<OwedTags>();
        string[] path = [TagNames.Fold(TagNames.OfPath("/runs/plain/1"))];

        owed.Add(path);
        var bypassed = await host.ExchangeAsync("GET", "/runs/plain/1");
        var other = await host.ExchangeAsync("GET", "/runs/plain/2");
        var first = owed.All;
        owed.Add(path);
        owed.Remove(first);
        var owedAgain = await host.ExchangeAsync("GET", "/runs/plain/1");
        owed.Remove(owed.All);
        var paid = await host.ExchangeAsync("GET", "/runs/plain/1");

        Assert.That(new[] { bypassed.Outcome, other.Outcome, owedAgain.Outcome, paid.Outcome },
            Is.EqualTo(new[] { Unreachable, "fwd=uri-miss; stored", Unreachable, "fwd=uri-miss; stored" }));
    }

    [Test]
    public async Task Redis_that_came_back_empty_has_nothing_to_serve()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(WithoutLeases, redis: redis.ConnectionString);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("before");
        await host.ExchangeAsync("GET", "/runs/plain/1");

        await redis.KillAsync();
        await ComesBackAsync(host, redis);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("after");

        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Text, Is.EqualTo("after"));
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("hit; ttl=60"));
    }

    [Test]
    public async Task Old_entry_and_old_versions_that_came_back_from_a_snapshot_are_never_served()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(WithoutLeases, redis: redis.ConnectionString);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("first");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        while ((await host.KeysAsync()).Length == 0)
        {
            // It is on its way.
        }

        await redis.SnapshotAsync();
        await host.ExchangeAsync("PUT", "/runs/plain/1");
        await redis.KillAsync();
        redis.Restore();
        await ComesBackAsync(host, redis);
        Assert.That(await host.KeysAsync(), Is.Not.Empty, "The old entry is back.");
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("second");
        var after = await host.ExchangeAsync("GET", "/runs/plain/1");

        Assert.That((after.Text, after.Outcome), Is.EqualTo(("second", "fwd=stale; stored")));
    }

    /// <summary>On the machine's own clock, since retries pause.</summary>
    private static Task<CachedHost> StartAsync(string redis, Dictionary<string, string?> settings) =>
        RunsController.StartAsync(settings, services => services.AddSingleton(TimeProvider.System), redis: redis);

    /// <summary>Starts the server again, and returns when the host is connected to it.</summary>
    private static async Task ComesBackAsync(CachedHost host, PrivateRedis redis)
    {
        var connection = host.Services.GetRequiredService<RedisConnection>();
        var restored = new[] { await connection.Multiplexer, await connection.Bodies }.Select(RestoredAsync).ToArray();
        await redis.BeginAsync();
        await Task.WhenAll(restored).WaitAsync(Runs.Deadline);
    }

    private static Task RestoredAsync(IConnectionMultiplexer multiplexer)
    {
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        multiplexer.ConnectionRestored += (_, _) => restored.TrySetResult();
        return restored.Task;
    }
}
