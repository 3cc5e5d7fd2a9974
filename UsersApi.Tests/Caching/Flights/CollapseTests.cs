using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Flights;

/// <summary>Concurrent identical misses run the action once, and nobody suffers from the one who runs it.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class CollapseTests
{
    private const int Followers = 999;

    // A length that no other timer has: as many of them as followers wait.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(12_345);
    private static readonly Dictionary<string, string?> Settings = new() { ["CollapseWait"] = "00:00:12.345" };

    [Test]
    public async Task Thousand_identical_cold_requests_run_the_action_once()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var requests = Ask(host, Followers + 1);
        var run = await RunOf(host);
        await host.Time.TimersAsync(Limit, Followers);

        run.Answer("once");
        var answers = await Task.WhenAll(requests);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(host.Services.GetRequiredService<Runs>().Count, Is.EqualTo(1));
            Assert.That(answers.Select(answer => (answer.Status, answer.Text)).Distinct(), Is.EqualTo([(200, "once")]));
            Assert.That(answers.GroupBy(answer => answer.Outcome).Select(group => (group.Key, group.Count())), Is.EquivalentTo([("fwd=uri-miss; stored", 1), ("fwd=uri-miss; collapsed", Followers)]));
            Assert.That(answers.Select(Table.Normalised).Distinct().Count(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Answer_that_cannot_be_stored_is_for_its_own_client_and_nobody_queues_up_behind_another()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var leader = Get(host);
        var first = await RunOf(host);
        var followers = Ask(host, 9);
        await host.Time.TimersAsync(Limit, 9);

        first.Answer(_ => new NotFoundResult());
        // All of them are in the action at the same time, and so are those who come now.
        var own = await host.Services.GetRequiredService<Runs>().NextAsync(9);
        var now = host.Time.GetTimestamp();
        var late = Ask(host, 2);
        own = [.. own, .. await host.Services.GetRequiredService<Runs>().NextAsync(2)];
        Assert.That(host.Time.GetTimestamp(), Is.EqualTo(now), "nobody had to wait for a time-out");
        foreach (var run in own)
        {
            run.Answer("own");
        }

        Assert.That((await leader).Status, Is.EqualTo(404));
        Assert.That((await Task.WhenAll([.. followers, .. late])).Select(answer => answer.Text).Distinct(), Is.EqualTo(["own"]));
    }

    [Test]
    public async Task Answer_that_could_not_be_stored_is_forgotten_after_a_while()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var first = Get(host);
        (await RunOf(host)).Answer(_ => new NotFoundResult());
        await first;

        host.Time.Advance(TimeSpan.FromSeconds(2));
        var requests = Ask(host, 2);
        var run = await RunOf(host);
        await host.Time.TimersAsync(Limit, 1);
        run.Answer("second");

        Assert.That((await Task.WhenAll(requests)).Select(answer => answer.Outcome), Is.EquivalentTo(["fwd=uri-miss; stored", "fwd=uri-miss; collapsed"]));
    }

    [Test]
    public async Task Follower_that_waited_long_enough_runs_the_action_itself()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var leader = Get(host);
        var first = await RunOf(host);
        var follower = Get(host);
        await host.Time.TimersAsync(Limit, 1);

        host.Time.Advance(Limit);
        (await RunOf(host)).Answer("second");

        Assert.That(((await follower).Text, (await follower).Outcome), Is.EqualTo(("second", "fwd=uri-miss; stored")));
        first.Answer("first");
        Assert.That((await leader).Text, Is.EqualTo("first"));
    }

    [Test]
    public async Task Request_after_an_eviction_does_not_join_what_began_before_it()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var before = Get(host);
        var first = await RunOf(host);
        Assert.That((await host.ExchangeAsync("PUT", "/runs/plain/1")).Status, Is.EqualTo(204));

        var after = Get(host);
        (await RunOf(host)).Answer("second");
        Assert.That(((await after).Text, (await after).Outcome), Is.EqualTo(("second", "fwd=uri-miss; stored")));
        await host.WrittenAsync();
        first.Answer("first");
        Assert.That((await before).Text, Is.EqualTo("first"));
        await first.Over;
        await host.WrittenAsync();

        // What began before the eviction came back last, and is never served.
        var last = Get(host);
        (await RunOf(host)).Answer("third");
        Assert.That(((await last).Text, (await last).Outcome), Is.EqualTo(("third", "fwd=stale; stored")));
    }

    [TestCase("/runs/tenants/1", "X-Tenant", "a", "b"), TestCase("/runs/plain/1", "Accept", "application/json", "application/xml"), TestCase("/runs/mine/1", "X-User", "a", "b"), TestCase("/runs/plain/1", "X-Culture", "de", "fr")]
    public async Task Different_variants_never_share_a_run(string target, string header, string one, string other)
    {
        await using var host = await RunsController.StartAsync(Settings, services => services.AddMvcCore().AddXmlSerializerFormatters());
        var first = host.ExchangeAsync("GET", target, (header, one));
        var run = await RunOf(host);

        // Both are in the action at once; a second one of the same variant waits.
        var second = host.ExchangeAsync("GET", target, (header, other));
        var otherRun = await RunOf(host);
        var same = host.ExchangeAsync("GET", target, (header, one));
        await host.Time.TimersAsync(Limit, 1);
        run.Answer("one");
        otherRun.Answer("other");

        Assert.That(((await first).Text, (await second).Text, (await same).Text), Is.EqualTo(("one", "other", "one")));
    }

    [Test]
    public async Task Answer_that_names_another_Vary_is_shared_with_nobody()
    {
        await using var host = await RunsController.StartAsync(Settings);
        var first = host.ExchangeAsync("GET", "/runs/plain/1", ("X-Own", "a"));
        var run = await RunOf(host);
        var second = host.ExchangeAsync("GET", "/runs/plain/1", ("X-Own", "b"));
        await host.Time.TimersAsync(Limit, 1);

        run.Answer("a", ("Vary", "X-Own"));
        (await RunOf(host)).Answer("b", ("Vary", "X-Own"));

        Assert.That(((await first).Text, (await second).Text), Is.EqualTo(("a", "b")));
    }

    private static Task<Run> RunOf(CachedHost host) => host.Services.GetRequiredService<Runs>().NextAsync();

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/runs/plain/1").WaitAsync(Runs.Deadline);

    private static Task<RawResponse>[] Ask(CachedHost host, int count) => [.. Enumerable.Range(0, count).Select(_ => Get(host))];
}
