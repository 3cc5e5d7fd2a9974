using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Caching.Trouble;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>What an outage left owed reaches Redis once it is over, whatever is written meanwhile.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RetriedEvictionTests
{
    [Test]
    public async Task Node_that_never_stops_writing_has_soon_done_with_what_it_owes()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await TroubledHost.StartAsync(redis.ConnectionString);
        var (evictor, owed) = (host.Services.GetRequiredService<IRedisCacheEvictor>(), host.Services.GetRequiredService<OwedTags>());
        await evictor.EvictAsync("busy");
        using var over = new CancellationTokenSource();
        var writer = WriteAsync();
        redis.Hang();
        await Eventually.HoldsAsync(() => Task.FromResult(!owed.IsEmpty), "something is owed");

        redis.GoOn();

        await Eventually.HoldsAsync(() => Task.FromResult(owed.IsEmpty), "nothing is owed");
        await Eventually.HoldsAsync(() => evictor.EvictAsync("busy"), "a write is acknowledged");
        await over.CancelAsync();
        await writer;

        async Task WriteAsync()
        {
            // The pace of the load: a hundred a second, none of which waits for another.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            var writes = new List<Task>();
            while (!over.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None))
                writes.Add(evictor.EvictAsync("busy"));

            await Task.WhenAll(writes);
        }
    }

    [Test]
    public async Task More_than_one_command_holds_gets_through_too()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await TroubledHost.StartAsync(redis.ConnectionString);
        var (evictor, owed) = (host.Services.GetRequiredService<IRedisCacheEvictor>(), host.Services.GetRequiredService<OwedTags>());
        string[] tags = [.. Enumerable.Range(0, 2_000).Select(i => $"word-{i}")];
        await evictor.EvictAsync(tags);
        var versions = host.Services.GetRequiredService<ITagVersions>();
        Stamp? before = null;
        await Eventually.HoldsAsync(async () => (before = await versions.ReadAsync(tags)) is not null, "versions are read");
        redis.Hang();
        Assert.That(await evictor.EvictAsync(tags), Is.False);

        redis.GoOn();
        await Eventually.HoldsAsync(() => Task.FromResult(owed.IsEmpty), "nothing is owed");

        Stamp? after = null;
        await Eventually.HoldsAsync(async () => (after = await versions.ReadAsync(tags)) is not null, "versions are read");
        Assert.That(after!.Tokens.Intersect(before!.Tokens), Is.Empty);
    }

    [Test]
    public async Task Logger_that_throws_keeps_nothing_from_reaching_Redis()
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(
            services: services => services.AddSingleton(TimeProvider.System).AddLogging(logging => logging.AddProvider(new ThrowingLogs("UsersApi.Caching.Versions"))),
            redis: redis.ConnectionString);
        var (evictor, owed) = (host.Services.GetRequiredService<IRedisCacheEvictor>(), host.Services.GetRequiredService<OwedTags>());
        for (var i = 0; i < 2; i++)
        {
            await Eventually.HoldsAsync(() => evictor.EvictAsync("word"), "a write is acknowledged");
            redis.Hang();
            Assert.That(await evictor.EvictAsync("word"), Is.False);
            redis.GoOn();

            await Eventually.HoldsAsync(() => Task.FromResult(owed.IsEmpty), "nothing is owed");
        }
    }

    [Test]
    public async Task Tool_that_starts_no_host_gets_its_evictions_through_after_an_outage_too()
    {
        await using var redis = await PrivateRedis.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Redis", redis.ConnectionString)]).Build();
        await using var tool = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddRedisCached(configuration).BuildServiceProvider();
        var (evictor, owed) = (tool.GetRequiredService<IRedisCacheEvictor>(), tool.GetRequiredService<OwedTags>());
        await Eventually.HoldsAsync(() => evictor.EvictAsync("word"), "a write is acknowledged");
        redis.Hang();
        Assert.That(await evictor.EvictAsync("word"), Is.False);
        redis.GoOn();

        await Eventually.HoldsAsync(() => Task.FromResult(owed.IsEmpty), "nothing is owed");
        await Eventually.HoldsAsync(() => evictor.EvictAsync("word"), "a write is acknowledged");
    }
}
