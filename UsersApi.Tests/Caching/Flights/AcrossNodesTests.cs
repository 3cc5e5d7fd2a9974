using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Flights;

/// <summary>AcrossNodes: identical misses run the action once in the whole cluster, and nobody suffers from the node that runs it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class AcrossNodesTests
{
    private const string Target = "/runs/across/1";

    // Lengths that no other timer has.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(54_321);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    // By the machine's clock, on which a claim lives for 27 s: what takes longer has waited for its end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(24);

    [Test]
    public async Task Hundred_identical_misses_on_two_nodes_run_the_action_once()
    {
        await using var nodes = await Pair.StartAsync();
        var run = await nodes.LeadAsync();
        var asked = Ask(nodes.First, 49).Concat(Ask(nodes.Second, 50)).ToArray();
        await nodes.First.Time.TimersAsync(Limit, 49);
        await nodes.Second.Time.TimersAsync(Limit, 49);
        await nodes.Second.Time.TimersAsync(FirstPause, 1);

        run.Answer("once");
        var answers = await nodes.UntilAsync(Task.WhenAll(asked));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Select(answer => (answer.Status, answer.Text)).Distinct(), Is.EqualTo([(200, "once")]));
            Assert.That(answers.Select(answer => answer.Outcome).Distinct(), Is.EqualTo(["fwd=uri-miss; collapsed"]));
            Assert.That((nodes.RunsOfFirst.Count, nodes.RunsOfSecond.Count), Is.EqualTo((1, 0)));
        }
    }

    [Test]
    public async Task Storm_on_two_nodes_runs_each_action_once_whoever_comes_first()
    {
        await using var nodes = await Pair.StartAsync(services => services.AddSingleton(TimeProvider.System));
        nodes.RunsOfFirst.AnswerFromNowOn("body");
        nodes.RunsOfSecond.AnswerFromNowOn("body");
        const int Rounds = 20;
        for (var id = 1; id <= Rounds; id++)
        {
            var asked = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? nodes.First : nodes.Second).ExchangeAsync("GET", $"/runs/across/{id}"));
            Assert.That((await Task.WhenAll(asked)).Select(answer => answer.Text), Is.All.EqualTo("body"));
        }

        Assert.That(nodes.RunsOfFirst.Count + nodes.RunsOfSecond.Count, Is.EqualTo(Rounds));
    }

    [Test]
    public async Task Claim_of_a_node_that_died_runs_out_and_another_node_runs_the_action()
    {
        await using var nodes = await Pair.StartAsync();
        await nodes.LeadAsync();
        var asked = Get(nodes.Second);
        await nodes.Second.Time.TimersAsync(FirstPause, 1);
        var claim = await nodes.ClaimAsync();
        Assert.That(await nodes.Redis.KeyTimeToLiveAsync(claim), Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(Limit / 2));

        await nodes.Redis.KeyExpireAsync(claim, TimeSpan.FromMilliseconds(1));
        (await nodes.UntilAsync(nodes.RunsOfSecond.NextAsync())).Answer("second");

        Assert.That(((await asked).Text, (await asked).Outcome), Is.EqualTo(("second", "fwd=uri-miss; stored")));
    }

    [Test]
    public async Task Node_that_waited_long_enough_runs_the_action_itself()
    {
        await using var nodes = await Pair.StartAsync();
        await nodes.LeadAsync();
        var asked = Get(nodes.Second);
        await nodes.Second.Time.TimersAsync(FirstPause, 1);

        nodes.Second.Time.Advance(Limit * 2);
        (await nodes.UntilAsync(nodes.RunsOfSecond.NextAsync())).Answer("second");

        Assert.That((await asked).Text, Is.EqualTo("second"));
    }

    [TestCase("not stored"), TestCase("failed"), TestCase("aborted")]
    public async Task Node_whose_answer_is_for_its_own_client_gives_its_claim_back_at_once(string how)
    {
        await using var nodes = await Pair.StartAsync();
        using var aborting = new CancellationTokenSource();
        var leader = nodes.First.Client.GetAsync(new Uri(Target, UriKind.Relative), aborting.Token);
        var run = await nodes.RunsOfFirst.NextAsync();
        var asked = Ask(nodes.Second, 2);
        await nodes.Second.Time.TimersAsync(FirstPause, 1);

        if (how == "aborted")
        {
            await aborting.CancelAsync();
            Assert.That(async () => await leader, Throws.InstanceOf<OperationCanceledException>());
            await run.Aborted;
        }

        if (how == "failed")
            run.Fail();
        else
            run.Answer(_ => how == "aborted" ? new ContentResult { Content = "first" } : new NotFoundResult());

        (await nodes.UntilAsync(nodes.RunsOfSecond.NextAsync())).Answer("second");

        Assert.That((await Task.WhenAll(asked)).Select(answer => answer.Text), Is.All.EqualTo("second"));
    }

    [Test]
    public async Task Of_what_could_not_be_stored_nodes_do_not_queue_up_behind_each_other()
    {
        await using var nodes = await Pair.StartAsync();
        await using var third = await RunsController.StartAsync(Pair.Settings, prefix: nodes.First.Prefix);
        var run = await nodes.LeadAsync();
        Task<RawResponse>[] asked = [Get(nodes.Second), Get(third)];
        await nodes.Second.Time.TimersAsync(FirstPause, 1);
        await third.Time.TimersAsync(FirstPause, 1);

        run.Answer(_ => new NotFoundResult());
        // Both are in the action at the same time.
        var own = await nodes.UntilAsync(nodes.RunsOfSecond.NextAsync());
        third.Time.Advance(LongestPause);
        (await third.Services.GetRequiredService<Runs>().NextAsync()).Answer("own");
        own.Answer("own");

        Assert.That((await Task.WhenAll(asked)).Select(answer => answer.Text), Is.All.EqualTo("own"));
    }

    [Test]
    public async Task Eviction_in_the_middle_ends_the_wait_and_what_began_before_it_is_served_to_nobody_after_it()
    {
        await using var nodes = await Pair.StartAsync();
        var before = await nodes.LeadAsync();
        var waiting = Ask(nodes.Second, 3);
        await nodes.Second.Time.TimersAsync(Limit, 2);
        await nodes.Second.Time.TimersAsync(FirstPause, 1);

        Assert.That((await nodes.First.ExchangeAsync("PUT", Target)).Status, Is.EqualTo(204));
        var after = await nodes.UntilAsync(nodes.RunsOfSecond.NextAsync());
        before.Answer("before");
        await before.Over;
        after.Answer("after");

        Assert.That((await Task.WhenAll(waiting)).Select(answer => answer.Text), Is.All.EqualTo("after"));
        Assert.That((await Get(nodes.Second)).Text, Is.EqualTo("after"));
        Assert.That(nodes.RunsOfSecond.Count, Is.EqualTo(1));
        nodes.RunsOfFirst.AnswerFromNowOn("after");
        Assert.That((await Get(nodes.First)).Text, Is.EqualTo("after"));
    }

    [Test]
    public async Task Two_nodes_that_lead_both_answer_right_and_neither_gives_back_the_others_claim()
    {
        await using var nodes = await Pair.StartAsync();
        var first = await nodes.LeadAsync();
        await nodes.Redis.KeyDeleteAsync(await nodes.ClaimAsync());
        var asked = Get(nodes.Second);
        var second = await nodes.RunsOfSecond.NextAsync();

        first.Answer("first");
        await first.Over;
        await nodes.First.WrittenAsync();
        Assert.That((await Get(nodes.First)).Text, Is.EqualTo("first"));
        Assert.That(await nodes.Redis.KeyExistsAsync(await nodes.ClaimAsync()));

        second.Answer("second");
        Assert.That((await asked).Text, Is.EqualTo("second"));
        await nodes.Second.ExchangeAsync("PUT", Target);
        nodes.RunsOfFirst.AnswerFromNowOn("third");
        nodes.RunsOfSecond.AnswerFromNowOn("third");
        Assert.That((await Get(nodes.First)).Text, Is.EqualTo("third"));
    }

    [Test]
    public async Task Claim_is_given_back_once_the_answer_is_in_Redis()
    {
        await using var nodes = await Pair.StartAsync();
        (await nodes.LeadAsync()).Answer("once");

        await Eventually.HoldsAsync(async () => (await nodes.ClaimsAsync()).Length == 0, "the claim is given back");
        Assert.That(await nodes.First.KeysAsync(), Is.EqualTo(["get:" + Target]));
    }

    [TestCase(true), TestCase(false)]
    public async Task Redis_that_is_away_costs_no_answer(bool hangs)
    {
        await using var redis = await PrivateRedis.StartAsync();
        await using var host = await RunsController.StartAsync(
            new() { ["VersionsTimeout"] = "00:00:00.050", ["EntryTimeout"] = "00:00:00.050", ["NearCacheBytes"] = "0" },
            services => services.AddSingleton(TimeProvider.System), redis: redis.ConnectionString);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");
        await Get(host);
        await host.WrittenAsync();

        if (hangs)
            redis.Hang();
        else
            await redis.KillAsync();

        // The versions are known under a lease, the entry can't be read, and no claim can be taken.
        var answers = await Task.WhenAll(Ask(host, 20));
        if (hangs)
            redis.GoOn();

        Assert.That(answers.Select(answer => (answer.Status, answer.Text)), Is.All.EqualTo((200, "body")));
    }

    [Test]
    public async Task Without_Redis_and_under_the_kill_switch_nothing_is_claimed()
    {
        await using var alone = await RunsController.StartAsync(redis: "");
        await using var killed = await RunsController.StartAsync(new() { ["Enabled"] = "false" });
        foreach (var host in (CachedHost[])[alone, killed])
        {
            host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");
            Assert.That((await Get(host)).Text, Is.EqualTo("body"));
        }

        Assert.That(await TestRedis.KeysAsync($"{killed.Prefix}*claim"), Is.Empty);
        Assert.That((await Get(alone)).Outcome, Is.EqualTo("hit; ttl=60"));
    }

    [Test]
    public async Task Evictions_without_end_do_not_keep_a_request_from_its_action()
    {
        await using var host = await RunsController.StartAsync(Pair.Settings, services => services.AddSingleton<ITagVersions, RestlessVersions>());
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");

        Assert.That((await Get(host)).Text, Is.EqualTo("body"));
    }

    [Test]
    public void What_names_the_headers_that_select_keeps_neither_claim_nor_body()
    {
        var response = PlainEntry.Of("get:/runs/across/1::A~0", []) with { Claim = new MemoryStream() };

        response.Compressed();

        var marker = EntryBuilder.VaryMarker(response, "get:/runs/across/1", ["A"]);

        Assert.That((marker.Claim, marker.Gzip), Is.EqualTo(((IDisposable?)null, (byte[]?)null)));
    }

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", Target).WaitAsync(Runs.Deadline);

    private static Task<RawResponse>[] Ask(CachedHost host, int count) => [.. Enumerable.Range(0, count).Select(_ => Get(host))];

    /// <summary>As where somebody evicts between any two looks.</summary>
    private sealed class RestlessVersions : ITagVersions
    {
        public Stamp? FindKnown(IReadOnlyList<string> tags) => null;

        public ValueTask<Stamp?> ReadAsync(IReadOnlyList<string> tags) => new(new Stamp("e", [.. tags.Select(_ => RandomToken.New())]));

        public Task<bool> EvictAsync(IReadOnlyCollection<string> tags) => Task.FromResult(true);
    }

    /// <summary>Two nodes of one application, each with a clock of its own.</summary>
    private sealed class Pair(CachedHost first, CachedHost second, IDatabase redis) : IAsyncDisposable
    {
        public static readonly Dictionary<string, string?> Settings = new() { ["CollapseWait"] = "00:00:54.321" };

        public CachedHost First => first;

        public CachedHost Second => second;

        public IDatabase Redis => redis;

        public Runs RunsOfFirst => first.Services.GetRequiredService<Runs>();

        public Runs RunsOfSecond => second.Services.GetRequiredService<Runs>();

        public static async Task<Pair> StartAsync(Action<IServiceCollection>? services = null)
        {
            var first = await RunsController.StartAsync(Settings, services);
            var second = await RunsController.StartAsync(Settings, services, prefix: first.Prefix);
            return new Pair(first, second, await first.Services.GetRequiredService<RedisConnection>().DatabaseAsync());
        }

        /// <summary>Has the first node run the action.</summary>
        public async Task<Run> LeadAsync()
        {
            _ = Get(first);
            return await RunsOfFirst.NextAsync();
        }

        public async Task<string[]> ClaimsAsync() => [.. await TestRedis.KeysAsync($"{first.Prefix}*claim:")];

        public async Task<string> ClaimAsync() => (await ClaimsAsync()).Single();

        /// <summary>Lets the second node's clock go on, pause after pause, until something is done.</summary>
        public async Task<T> UntilAsync<T>(Task<T> done)
        {
            using var late = new CancellationTokenSource(Patience);
            // It moves by 24 s within its patience: nobody has waited long enough by then to run the action himself.
            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (!done.IsCompleted && !late.IsCancellationRequested)
            {
                second.Time.Advance(FirstPause);
                await looks.WaitForNextTickAsync(CancellationToken.None);
            }

            return await done.WaitAsync(FirstPause);
        }

        public async ValueTask DisposeAsync()
        {
            await second.DisposeAsync();
            await first.DisposeAsync();
        }
    }
}
