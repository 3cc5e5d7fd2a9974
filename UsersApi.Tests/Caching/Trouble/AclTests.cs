using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>A Redis user with its own keys and few commands is enough.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class AclTests
{
    // As docs/failures.md has it.
    private const string Rules = "&acl:* -@all +get +set +del +unlink +hget +hmget +hgetall +hset +hmset +hkeys +hdel +hexists +hincrby +expire +pexpire +exists +touch "
        + "+eval +evalsha +script +publish +subscribe +unsubscribe +ping +echo +info +client";

    // Only an eviction uses the first two, only a renewal the third, and only one that nobody acknowledges the fourth.
    [TestCase("hincrby"), TestCase("hkeys"), TestCase("touch"), TestCase("hdel"), TestCase("publish"), TestCase("set")]
    public async Task Command_that_is_missing_turns_every_node_off_from_the_start_and_is_told_once(string command)
    {
        await using var redis = await PrivateRedis.StartAsync();
        Assert.That(await redis.CommandAsync($"ACL SETUSER users on >secret ~acl:* {Rules} -{command}"), Is.EqualTo("+OK"));
        var logs = new CollectedLogs();
        var connection = $"{redis.ConnectionString},user=users,password=secret";
        var settings = new Dictionary<string, string?> { ["KeyPrefix"] = "acl:", ["EvictionTimeout"] = "00:00:00.100" };
        await using var writer = await RunsController.StartAsync(settings, services => services.AddSingleton(TimeProvider.System).AddLogging(logging => logging.AddProvider(logs)), redis: connection);
        await using var reader = await RunsController.StartAsync(settings, services => services.AddSingleton(TimeProvider.System), redis: connection);
        reader.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");

        await Eventually.HoldsAsync(async () => (await reader.ExchangeAsync("GET", "/runs/plain/1")).Outcome.StartsWith("fwd=bypass", StringComparison.Ordinal), "it is off");
        for (var i = 0; i < 10; i++)
        {
            Assert.That((await reader.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("fwd=bypass; detail=unreachable"));
            await writer.ExchangeAsync("PUT", "/runs/plain/1");
        }

        Assert.That(logs.At(LogLevel.Error), Has.Exactly(1).Contains(command));
        Assert.That(await redis.CommandAsync($"ACL SETUSER users +{command}"), Is.EqualTo("+OK"));
        await Eventually.HoldsAsync(async () => (await reader.ExchangeAsync("GET", "/runs/plain/1")).Outcome.StartsWith("hit", StringComparison.Ordinal), "it is on");
    }

    [TestCase("acl:", true), TestCase("other:", false)]
    public async Task User_with_its_own_keys_and_few_commands_caches_and_evicts_and_reaches_no_others(string prefix, bool isItsOwn)
    {
        await using var redis = await PrivateRedis.StartAsync();
        Assert.That(await redis.CommandAsync($"ACL SETUSER users on >secret ~acl:* {Rules}"), Is.EqualTo("+OK"));
        await using var host = await RunsController.StartAsync(
            new() { ["KeyPrefix"] = prefix, ["EvictionTimeout"] = "00:00:00.100" }, services => services.AddSingleton(TimeProvider.System), redis: $"{redis.ConnectionString},user=users,password=secret");
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");

        var first = await host.ExchangeAsync("GET", "/runs/plain/1");
        var second = await host.ExchangeAsync("GET", "/runs/plain/1");
        await host.ExchangeAsync("PUT", "/runs/plain/1");
        var evicted = await host.ExchangeAsync("GET", "/runs/plain/1");

        string[] expected = isItsOwn
            ? ["fwd=uri-miss; stored", "hit", "fwd=stale; stored"]
            : Enumerable.Repeat("fwd=bypass; detail=unreachable", 3).ToArray();
        Assert.That(new[] { first.Outcome, second.Outcome.Split(';')[0] == "hit" ? "hit" : second.Outcome, evicted.Outcome }, Is.EqualTo(expected));
        Assert.That(new[] { first, second, evicted }.Select(answer => answer.Text), Is.All.EqualTo("body"));
        if (isItsOwn)
        {
            // Written, and not only kept in memory.
            await Eventually.HoldsAsync(
                async () => await redis.CommandAsync($"EXISTS acl:v{CacheEntry.FormatRevision}:get:/runs/plain/1") == ":1", "it is in Redis");
        }
    }
}
