using System.Net;
using System.Net.Sockets;
using System.Text;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Trouble;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Versions;

/// <summary>A Redis that takes commands and no subscription, as one that has no connection left: hits ask it, and writes reach it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class SubscriptionTests
{
    [Test]
    public async Task Commands_go_on_where_nothing_can_be_subscribed_to()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await TroubledHost.StartAsync(redis.ConnectionString + ",syncTimeout=200,connectTimeout=200");
        var (evictor, runner) = (host.Services.GetRequiredService<IRedisCacheEvictor>(), host.Services.GetRequiredService<ScriptRunner>());
        await Eventually.HoldsAsync(
            async () => (await host.ExchangeAsync("/runs/plain/1")).Outcome.StartsWith("hit", StringComparison.Ordinal), "it hits");
        using var admin = new TcpClient();
        await admin.ConnectAsync(IPEndPoint.Parse(redis.ConnectionString));
        var count = (await SendAsync(admin, "CLIENT LIST")).Split('\n').Count(line => line.Contains("addr=", StringComparison.Ordinal));
        await SendAsync(admin, $"CONFIG SET maxclients {count - 1}");
        await SendAsync(admin, "CLIENT KILL TYPE pubsub");

        // Each is an attempt to subscribe, or one of the library's own.
        for (var rejected = 2; rejected <= 8; rejected += 2)
        {
            await Eventually.HoldsAsync(async () => await RejectedAsync(admin) >= rejected, "connections are rejected");
            Assert.That((runner.IsLeftAlone, await evictor.EvictAsync("run:9")), Is.EqualTo((false, true)));
            Assert.That((await host.ExchangeAsync("/runs/plain/1")).Outcome, Does.StartWith("hit"));
        }
    }

    private static async Task<int> RejectedAsync(TcpClient admin)
    {
        var line = (await SendAsync(admin, "INFO stats")).Split("\r\n").Single(each => each.StartsWith("rejected_connections", StringComparison.Ordinal));
        return int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> SendAsync(TcpClient admin, string command)
    {
        await admin.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
        var buffer = new byte[65_536];
        return Encoding.ASCII.GetString(buffer, 0, await admin.GetStream().ReadAsync(buffer));
    }
}
