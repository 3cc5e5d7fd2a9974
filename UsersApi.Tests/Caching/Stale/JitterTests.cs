using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Distributed;
using Moq;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Keys;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>Jitter: entries that were stored together do not die together, and none lives longer than it may.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class JitterTests
{
    [TestCase(0), TestCase(5), TestCase(50)]
    public async Task Freshness_is_only_ever_shortened_and_by_no_more_than_the_percentage(int percent)
    {
        var written = new ConcurrentQueue<CacheEntry>();
        var store = new Mock<IDistributedCache>();
        store.Setup(cache => cache.SetAsync(It.IsAny<string>(), It.IsAny<byte[]>(), It.IsAny<DistributedCacheEntryOptions>(), It.IsAny<CancellationToken>()))
            .Callback((string _, byte[] bytes, DistributedCacheEntryOptions _, CancellationToken _) => written.Enqueue(CacheEntryFormat.Read(bytes)!)).Returns(Task.CompletedTask);
        store.Setup(cache => cache.GetAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync((byte[]?)null);
        await TestContext.Out.WriteLineAsync($"PROPERTY_SEED={Property.Seed}");
        var random = new Random(unchecked((int)Property.Seed));
        var seconds = Enumerable.Range(0, 300).Select(_ => random.Next(1, 31_536_001)).ToArray();
        await using (var host = await CachedHost.StartAsync(
            [typeof(JitteredController)], new() { ["JitterPercent"] = $"{percent}" }, services => services.AddKeyedSingleton(CacheStore.ServiceKey, store.Object), redis: ""))
        {
            foreach (var n in seconds)
            {
                await host.GetAsync($"/jittered?seconds={n}");
            }
        }

        Assert.That(written.Select(entry => (Asked: long.Parse(entry.Key.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture) * 1_000, Lives: entry.FreshUntil - entry.Stored)).ToArray(),
            Has.Length.GreaterThan(200).And.All.Matches<(long Asked, long Lives)>(entry => entry.Lives <= entry.Asked && entry.Lives >= entry.Asked * (100 - percent) / 100));
        Assert.That(written.Select(entry => entry.KeepUntil - entry.FreshUntil), Is.All.Zero);
        Assert.That(written.Any(entry => (entry.FreshUntil - entry.Stored) % 1_000 != 0), Is.EqualTo(percent > 0));
    }

    [ApiController, Route("jittered")]
    public sealed class JitteredController : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 31_536_000)]
        public int Get(int seconds)
        {
            HttpContext.Features.Get<RedisCachedFeature>()?.Shorten(seconds);
            return seconds;
        }
    }
}
