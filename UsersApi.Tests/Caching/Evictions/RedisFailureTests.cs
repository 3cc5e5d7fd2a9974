using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>A Redis that goes away, comes back empty, or comes back from a snapshot: nothing old is ever served.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RedisFailureTests
{
    private const string Unreachable = "fwd=bypass; detail=unreachable";

    [Test]
    public async Task Eviction_that_fails_is_withheld_where_the_option_says_so()
    {
        // Port 1 is closed: nothing listens there.
        await using var host = await RunsController.StartAsync(new() { ["WithholdOnFailedEviction"] = "true" }, redis: "127.0.0.1:1");

        var answer = await host.ExchangeAsync("PUT", "/runs/plain/1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status, answer["Retry-After"], answer["Content-Type"]), Is.EqualTo((503, "1", "application/problem+json; charset=utf-8")));
            Assert.That(answer.Text, Does.Contain("\"status\":503").And.Contain("may have been made"));
            Assert.That((await host.ExchangeAsync("PUT", "/runs/plain/0")).Status, Is.EqualTo(400), "Nothing was changed, nothing is withheld.");
        }
    }

    [Test]
    public async Task Eviction_that_fails_is_acknowledged_and_its_tags_are_bypassed_until_it_got_through()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(redis: redis.ConnectionString);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("before");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("hit; ttl=60"));

        await redis.KillAsync();
        var acknowledged = await host.ExchangeAsync("PUT", "/runs/plain/1");
        var down = await host.ExchangeAsync("GET", "/runs/plain/1");
        await ComesBackAsync(host, redis);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("after");
        var other = await host.ExchangeAsync("GET", "/runs/plain/2");
        var owed = await host.ExchangeAsync("GET", "/runs/plain/1");
        // The clock stands still, and with it the retry.
        var retried = await redis.MonitorAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            while ((await host.ExchangeAsync("HEAD", "/runs/plain/1")).Outcome == Unreachable)
            {
                // Each try is a round trip, and the retry is on its way.
            }
        });

        using (Assert.EnterMultipleScope())
        {
            Assert.That((acknowledged.Status, down.Outcome), Is.EqualTo((204, Unreachable)));
            Assert.That((other.Outcome, owed.Outcome, owed.Text), Is.EqualTo(("fwd=uri-miss; stored", Unreachable, "after")));
            Assert.That(retried, Has.Some.Contain("\"MSET\"").Or.Some.Contain("\"SET\""));
            Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("fwd=stale; stored"));
            Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("hit; ttl=60"));
        }
    }

    [Test]
    public async Task Redis_that_came_back_empty_has_nothing_to_serve()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(redis: redis.ConnectionString);
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
        await using var host = await RunsController.StartAsync(redis: redis.ConnectionString);
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
