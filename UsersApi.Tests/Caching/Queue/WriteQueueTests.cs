using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;
using Moq;
using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Trouble;

namespace UsersApi.Tests.Caching.Queue;

/// <summary>The write queue is bounded and keeps the latest; its worker drains it and outlives a broken store.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class WriteQueueTests
{
    [Test]
    public async Task Latest_write_of_a_key_wins()
    {
        await using var services = Services();
        var queue = Queue(services);
        var (first, second) = (Entry("a", 1), Entry("a", 2));

        queue.TryEnqueue(first);
        queue.TryEnqueue(second);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(queue.TryFind("a", out var found) && ReferenceEquals(found, second), Is.True);
            Assert.That((queue.IsLatest(first), queue.IsLatest(second)), Is.EqualTo((false, true)));
        }

        queue.Finish(first);
        Assert.That(queue.TryFind("a", out _), Is.True);
        queue.Finish(second);
        Assert.That((queue.TryFind("a", out _), queue.Count, queue.Bytes), Is.EqualTo((false, 0, 0L)));
    }

    [Test]
    public async Task Oldest_goes_when_there_are_too_many()
    {
        await using var services = Services();
        var queue = Queue(services, entries: 3);

        for (var i = 0; i < 10; i++)
        {
            queue.TryEnqueue(Entry($"{i}", 1));
        }

        Assert.That(Enumerable.Range(0, 10).Where(i => queue.TryFind($"{i}", out _)), Is.EqualTo([7, 8, 9]));
        Assert.That(queue.Count, Is.EqualTo(3));
    }

    [Test]
    public async Task Oldest_goes_when_they_are_too_large()
    {
        await using var services = Services();
        var queue = Queue(services, bytes: 1_048_576);

        for (var i = 0; i < 10; i++)
        {
            queue.TryEnqueue(Entry($"{i}", 300_000));
        }

        Assert.That(Enumerable.Range(0, 10).Where(i => queue.TryFind($"{i}", out _)), Is.EqualTo([7, 8, 9]));
        Assert.That(queue.Bytes, Is.LessThanOrEqualTo(1_048_576));
    }

    [Test]
    public async Task Completed_queue_takes_nothing_in()
    {
        await using var services = Services();
        var queue = Queue(services);
        queue.Complete();

        Assert.That(queue.TryEnqueue(Entry("a", 1)), Is.False);
        Assert.That((queue.TryFind("a", out _), queue.Count, queue.Bytes), Is.EqualTo((false, 0, 0L)));
    }

    [Test]
    public async Task Shutdown_drains_the_queue_into_Redis()
    {
        var prefix = $"test:{Guid.NewGuid():N}:";
        await using (var host = await CachedHost.StartAsync([typeof(NumbersController)], prefix: prefix))
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.GetAsync($"/numbers?n={i}")));
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var keys = Enumerable.Range(0, 200).Select(i => redis.GetDatabase().KeyTimeToLiveAsync($"{prefix}v{CacheEntry.FormatRevision}:get:/numbers:n={i}"));
        Assert.That(await Task.WhenAll(keys), Is.All.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(61)));
    }

    [TestCase("")]
    [TestCase("UsersApi.Caching.Store.CacheWriteWorker")]
    public async Task Worker_outlives_a_store_that_throws_and_a_log_that_does(string categories)
    {
        var store = new Mock<IDistributedCache>();
        var written = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tries = 0;
        store.Setup(cache => cache.SetAsync(It.IsAny<string>(), It.IsAny<byte[]>(), It.IsAny<DistributedCacheEntryOptions>(), It.IsAny<CancellationToken>()))
            .Returns((string key, byte[] _, DistributedCacheEntryOptions _, CancellationToken _) =>
            {
                if (Interlocked.Increment(ref tries) <= 10)
                {
                    throw new IOException("On cue.");
                }

                written.TrySetResult(key);
                return Task.CompletedTask;
            });
        store.Setup(cache => cache.GetAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ThrowsAsync(new OperationCanceledException("On cue."));
        await using var host = await CachedHost.StartAsync([typeof(NumbersController)], services: services =>
        {
            services.AddKeyedSingleton(CacheStore.ServiceKey, store.Object);
            if (categories.Length > 0)
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(new ThrowingLogs(categories)));
        }, redis: "");

        for (var i = 0; i < 11; i++)
        {
            var response = await host.ExchangeAsync("GET", $"/numbers?n={i}");
            Assert.That((response.Status, response.Text, response.Outcome), Is.EqualTo((200, $"{i}", "fwd=uri-miss; stored")));
        }

        Assert.That(await written.Task, Does.StartWith("get:/numbers:n="));
    }

    [Test]
    public async Task Response_on_its_way_to_a_slow_store_is_a_hit()
    {
        var store = new Mock<IDistributedCache>();
        var open = new TaskCompletionSource();
        store.Setup(cache => cache.SetAsync(It.IsAny<string>(), It.IsAny<byte[]>(), It.IsAny<DistributedCacheEntryOptions>(), It.IsAny<CancellationToken>())).Returns(open.Task);
        store.Setup(cache => cache.GetAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync((byte[]?)null);
        await using var host = await CachedHost.StartAsync([typeof(NumbersController)], services: services => services.AddKeyedSingleton(CacheStore.ServiceKey, store.Object), redis: "");
        await host.ExchangeAsync("GET", "/numbers");

        var hit = await host.ExchangeAsync("GET", "/numbers");

        open.SetResult();
        Assert.That(hit.Outcome, Is.EqualTo("hit; ttl=60"));
    }

    [Test]
    public async Task Response_that_waited_too_long_is_not_written()
    {
        var store = new Mock<IDistributedCache>();
        var open = new TaskCompletionSource();
        var begun = new SemaphoreSlim(0);
        store.Setup(cache => cache.SetAsync(It.IsAny<string>(), It.IsAny<byte[]>(), It.IsAny<DistributedCacheEntryOptions>(), It.IsAny<CancellationToken>()))
            .Returns(() =>
            {
                begun.Release();
                return open.Task;
            });
        store.Setup(cache => cache.GetAsync(It.IsAny<string>(), It.IsAny<CancellationToken>())).ReturnsAsync((byte[]?)null);
        var host = await CachedHost.StartAsync([typeof(NumbersController)], services: services => services.AddKeyedSingleton(CacheStore.ServiceKey, store.Object), redis: "");
        string[] written = [.. Enumerable.Range(1, CacheWriteWorker.Writers).Select(n => $"/numbers:n={n}")];
        foreach (var target in written)
        {
            // All writers are at it, and none comes to an end.
            await host.ExchangeAsync("GET", target.Replace(':', '?'));
            await begun.WaitAsync();
        }

        await host.ExchangeAsync("GET", "/numbers?n=1000");

        host.Time.Advance(TimeSpan.FromSeconds(11));
        open.SetResult();
        await host.DisposeAsync();

        Assert.That(store.Invocations.Where(call => call.Method.Name == nameof(IDistributedCache.SetAsync)).Select(call => call.Arguments[0]), Is.EquivalentTo(written.Select(target => "get:" + target)));
    }

    private static ServiceProvider Services() => new ServiceCollection().AddMetrics().AddSingleton<CacheMetrics>().BuildServiceProvider();

    private static CacheWriteQueue Queue(ServiceProvider services, int entries = 1_000, long bytes = 64 * 1_048_576) =>
        new(Options.Create(new RedisCachedOptions { QueueEntries = entries, QueueBytes = bytes }), services.GetRequiredService<CacheMetrics>());

    private static CacheEntry Entry(string key, int length) => PlainEntry.Of(key, new byte[length]);

    [ApiController, Route("numbers")]
    public sealed class NumbersController : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 60)]
        public int Get(int n = 0) => n;
    }
}
