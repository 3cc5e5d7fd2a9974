using System.Net;
using Microsoft.Extensions.Options;
using UsersApi.Caching.Operations;
using UsersApi.Identity;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Desk;

/// <summary>The desk while Redis is full, hangs or is away.</summary>
public sealed class DeskTroubleTests
{
    private const string Desk = "/api/v1/cache";

    private static string Admin => TestTokens.Development(Scopes.CacheAdmin);

    [Test]
    public async Task The_cache_can_be_switched_off_everywhere_while_Redis_is_full()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var api = await StartAsync(redis);
        await using var other = AnotherOf(api, redis);
        await other.UntilItCachesAsync();
        await redis.CommandAsync("CONFIG SET maxmemory 1");

        using var off = await SwitchAsync(api, isOn: false);
        Assert.That(off.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await BecomesAsync(other, isOn: false);
        using var on = await SwitchAsync(other, isOn: true);
        Assert.That(on.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        await BecomesAsync(api, isOn: true);
    }

    [Test]
    public async Task What_was_switched_while_Redis_was_away_is_told_when_it_is_back()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var api = await StartAsync(redis);
        await using var other = AnotherOf(api, redis);
        await other.UntilItCachesAsync();
        await redis.KillAsync();

        using var off = await SwitchAsync(api, isOn: false);
        await off.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        await BecomesAsync(api, isOn: false);
        await redis.BeginAsync();
        await BecomesAsync(other, isOn: false);
    }

    [Test]
    public async Task A_node_that_starts_while_all_are_off_is_off_before_it_serves()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var api = await StartAsync(redis);
        using var off = await SwitchAsync(api, isOn: false);
        await using var late = AnotherOf(api, redis);

        Assert.That(late.Services.GetRequiredService<CacheSwitches>().IsOn, Is.False);
    }

    [Test]
    public async Task What_has_to_be_read_from_Redis_is_503_where_it_hangs()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var api = await StartAsync(redis);
        redis.Hang();
        try
        {
            foreach (var path in (string[])["statistics?scan=1000", "entries?key=get:/nothing"])
            {
                using var response = await api.Anonymous.FetchAsync($"{Desk}/{path}", Admin);
                await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
            }

            using var figures = await api.Anonymous.FetchAsync($"{Desk}/statistics", Admin);
            Assert.That(figures.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        finally
        {
            redis.GoOn();
        }
    }

    [Test]
    public async Task A_look_through_Redis_passes_no_more_keys_than_it_may_and_minds_no_foreign_one()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var api = await StartAsync(redis);
        for (var page = 0; page < 12; page++)
            await redis.CommandAsync($"EVAL \"for i=1,1000 do redis.call('SET', 'other:{page}:' .. i, 'x') end\" 0");

        var prefix = CacheEntryFormat.KeyPrefixOf(api.Services.GetRequiredService<IOptions<RedisCachedOptions>>().Value);
        await redis.CommandAsync($"SET {prefix}get:/api/v1/users:foreign x");
        var statistics = api.Services.GetRequiredService<CacheStatistics>();
        var part = await statistics.ScanAsync(2_000, ["api/v1/users"], CancellationToken.None);
        var whole = await statistics.ScanAsync(CacheStatistics.MostScanned, ["api/v1/users"], CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((part.Passed, part.IsWhole), Is.EqualTo((2_000, false)));
            Assert.That(whole.IsWhole);
            Assert.That(whole.Routes["api/v1/users"].Entries, Is.GreaterThanOrEqualTo(2));
        }
    }

    private static async Task<UsersApiHost> StartAsync(PrivateRedis redis)
    {
        var api = await UsersApiHost.StartAsync(settings: [("ConnectionStrings:Redis", redis.ConnectionString), ("Outbox:Enabled", "false")]);
        await api.UntilItCachesAsync();
        return api;
    }

    private static UsersApiHost AnotherOf(UsersApiHost api, PrivateRedis redis) =>
        api.StartAnother(("ConnectionStrings:Redis", redis.ConnectionString), ("Outbox:Enabled", "false"));

    private static Task<HttpResponseMessage> SwitchAsync(UsersApiHost api, bool isOn) =>
        api.Client.SendAsync(HttpMethod.Put, $"{Desk}/switch", $$"""{"enabled":{{(isOn ? "true" : "false")}}}""");

    private static Task BecomesAsync(UsersApiHost api, bool isOn) => Eventually.HoldsAsync(
        () => Task.FromResult(api.Services.GetRequiredService<CacheSwitches>().IsOn == isOn), $"a node is {(isOn ? "on" : "off")}");
}
