using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using UsersApi.Data;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class OutboxRelayTests
{
    private readonly ConcurrentDictionary<string, int> _evicted = new(StringComparer.Ordinal);
    private readonly CollectedLogs _logs = new();
    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateDatabase() => _database = await TestDatabase.CreateAsync();

    [TearDown]
    public async Task DropDatabase()
    {
        _logs.Dispose();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Rows_stay_until_their_eviction_gets_through_and_the_log_says_so_once()
    {
        var attempts = 0;
        var isAway = true;
        using var relay = await StartAsync(tags =>
        {
            Interlocked.Increment(ref attempts);
            return !Volatile.Read(ref isAway) && Evict(tags);
        });
        await AddAsync("a", "b");

        await Eventually.HoldsAsync(() => Task.FromResult(Volatile.Read(ref attempts) >= 3), "three attempts");
        var waiting = await CountAsync();
        Volatile.Write(ref isAway, false);
        await DrainedAsync();
        await Eventually.HoldsAsync(() => Task.FromResult(_logs.At(LogLevel.Information).Count == 2), "the second line of the log");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting, Is.EqualTo(2));
            Assert.That(_evicted.Keys, Is.EquivalentTo(new[] { "a", "b" }));
            Assert.That(_logs.At(LogLevel.Warning), Has.Count.EqualTo(1).And.All.Contain("The outbox relay fails"));
        }
    }

    [Test]
    public async Task One_eviction_serves_many_rows()
    {
        await AddAsync([.. Enumerable.Repeat("same", 700)]);

        using var relay = await StartAsync(Evict);
        await DrainedAsync();

        Assert.That(_evicted, Is.EqualTo(new Dictionary<string, int> { ["same"] = 2 }), "700 rows are two batches of at most 500");
    }

    [Test]
    public async Task Two_relays_lose_no_row_even_when_evictions_fail()
    {
        var calls = 0;
        using var one = await StartAsync(EvictEveryThird);
        using var other = await StartAsync(EvictEveryThird);
        string[] tags = [.. Enumerable.Range(0, 600).Select(i => $"tag:{i}")];

        await Parallel.ForEachAsync(tags.Chunk(3), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (chunk, _) => await AddAsync(chunk));
        await DrainedAsync();

        Assert.That(_evicted.Keys, Is.EquivalentTo(tags));

        bool EvictEveryThird(IReadOnlyCollection<string> some) => Interlocked.Increment(ref calls) % 3 == 0 && Evict(some);
    }

    [Test]
    public async Task Lost_connections_are_made_again()
    {
        using var relay = await StartAsync(Evict);
        await AddAsync("before");
        await DrainedAsync();

        await _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        // The pool may hold one that was idle, for the test's own statements to find out.
        _database.DataSource.Clear();
        await Eventually.HoldsAsync(IsListenedToAsync, "another connection listens");
        await AddAsync("after");
        await DrainedAsync();

        Assert.That(_evicted.Keys, Does.Contain("after"));
    }

    [Test]
    public async Task Rows_that_a_node_took_and_froze_with_are_relayed_by_another()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var frozen = await StartAsync(tags =>
        {
            taken.TrySetResult();
            return new TaskCompletionSource<bool>().Task;
        });
        await AddAsync("hidden");
        await taken.Task;
        using var other = await StartAsync(Evict);

        await DrainedAsync();

        Assert.That(_evicted.Keys, Is.EqualTo(new[] { "hidden" }));
    }

    [Test]
    public async Task Rows_of_a_writer_are_left_to_it_until_they_are_due()
    {
        await _database.ExecuteAsync("""
            INSERT INTO outbox (tags, writer, due)
            VALUES ('{dead}', 'dead', now()), ('{alive}', 'alive', now() + interval '1 hour')
            """);
        using var relay = await StartAsync(Evict);
        await AddAsync("nobody's");

        await Eventually.HoldsAsync(async () => await CountAsync() == 1, "one row is left");

        Assert.That(_evicted.Keys, Is.EquivalentTo(new[] { "dead", "nobody's" }));
    }

    private bool Evict(IReadOnlyCollection<string> tags)
    {
        foreach (var tag in tags)
        {
            _evicted.AddOrUpdate(tag, 1, (_, times) => times + 1);
        }

        return true;
    }

    private Task<OutboxRelay> StartAsync(Predicate<IReadOnlyCollection<string>> evict) => StartAsync(new EvictTags(tags => Task.FromResult(evict(tags))));

    private async Task<OutboxRelay> StartAsync(EvictTags evict)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        var options = Options.Create(new OutboxOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        var primary = TestDatabase.PrimaryOf(_database.DataSource);
        var relay = new OutboxRelay(
            primary, primary, evict, options, TimeProvider.System, loggers.CreateLogger<OutboxRelay>());
        await relay.StartAsync(CancellationToken.None);
        return relay;
    }

    private Task AddAsync(params string[] tags) =>
        _database.ExecuteAsync("INSERT INTO outbox (tags) SELECT ARRAY[tag] FROM unnest(@Tags) AS tag", new { Tags = tags });

    private Task<long> CountAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM outbox");

    private Task DrainedAsync() => Eventually.HoldsAsync(async () => await CountAsync() == 0, "the outbox is empty");

    private async Task<bool> IsListenedToAsync() =>
        await _database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'") > 0;
}
