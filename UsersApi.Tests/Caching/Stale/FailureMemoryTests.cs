using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>FailureMemory: who comes soon after a failure does not pay for the next one.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class FailureMemoryTests
{
    [Test]
    public async Task After_a_failure_the_stale_answer_comes_at_once_and_one_request_tries_again_behind()
    {
        await using var host = await FailedAsync();
        var runs = host.Services.GetRequiredService<Runs>();

        // The action waits for the test: whoever got an answer did not wait for it.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Get(host)));
        var retry = await runs.NextAsync();

        Assert.That(answers.Select(answer => (answer.Text, answer.Outcome)), Is.All.EqualTo(("one", "hit; ttl=-1; detail=stale-if-error")));
        Assert.That(runs.Count, Is.EqualTo(3));
        retry.Answer("two");
        await retry.Over;
        Assert.That(((await Get(host)).Text, (await Get(host)).Outcome), Is.EqualTo(("two", "hit; ttl=60")));
    }

    [Test]
    public async Task Failure_is_forgotten_after_its_time()
    {
        await using var host = await FailedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(6));

        var request = Get(host);
        (await host.Services.GetRequiredService<Runs>().NextAsync()).Answer("two");

        Assert.That(((await request).Text, (await request).Outcome), Is.EqualTo(("two", "fwd=stale; stored")));
    }

    [Test]
    public async Task Eviction_ends_it()
    {
        await using var host = await FailedAsync();
        await host.ExchangeAsync("PUT", "/runs/error/1");

        var request = Get(host);
        (await host.Services.GetRequiredService<Runs>().NextAsync()).Answer("two");

        Assert.That((await request).Text, Is.EqualTo("two"));
    }

    private static Task<RawResponse> Get(CachedHost host) => host.ExchangeAsync("GET", "/runs/error/1");

    /// <summary>A host that has stored an answer, let it get stale, and seen the action fail.</summary>
    private static async Task<CachedHost> FailedAsync()
    {
        var host = await RunsController.StartAsync();
        var runs = host.Services.GetRequiredService<Runs>();
        var first = Get(host);
        (await runs.NextAsync()).Answer("one");
        await first;
        host.Time.Advance(TimeSpan.FromSeconds(61));
        var second = Get(host);
        (await runs.NextAsync()).Fail();
        Assert.That((await second).Outcome, Is.EqualTo("hit; ttl=-1; detail=stale-if-error"));
        return host;
    }
}
