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
