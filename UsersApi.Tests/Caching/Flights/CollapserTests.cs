
namespace UsersApi.Tests.Caching.Flights;

/// <summary>The coalescer by itself: it knows neither caches nor HTTP.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CollapserTests
{
    [Test]
    public async Task Second_caller_of_a_key_gets_the_first_ones_result()
    {
        var collapser = new Collapser<string>();
        using var first = collapser.Join("a", out var isLeader);
        using var second = collapser.Join("a", out var isSecondLeader);

        first.Land("result");

        Assert.That((isLeader, isSecondLeader, await second.Landing), Is.EqualTo((true, false, "result")));
    }

    [Test]
    public void Callers_of_different_keys_lead_both()
    {
        var collapser = new Collapser<string>();
        using var first = collapser.Join("a", out var isLeader);
        using var second = collapser.Join("A", out var isSecondLeader);

        Assert.That((isLeader, isSecondLeader), Is.EqualTo((true, true)));
    }

    [Test]
    public void Who_wants_to_lead_or_nothing_joins_nobody()
    {
        var collapser = new Collapser<string>();
        using var first = collapser.TryLead("a");
        using var second = collapser.TryLead("a");

        Assert.That((first?.Followers, second), Is.EqualTo(((int?)0, (Collapser<string>.Flight?)null)));
    }

    [Test]
    public async Task Closed_flight_takes_nobody_in_and_lands_for_those_who_joined()
    {
        var collapser = new Collapser<string>();
        using var first = collapser.Join("a", out _);
        using var before = collapser.Join("a", out _);
        first.Close();
        using var after = collapser.Join("a", out var leadsAfter);

        first.Land("result");

        Assert.That((await before.Landing, leadsAfter, after.Landing.IsCompleted), Is.EqualTo(("result", true, false)));
    }

    [Test]
    public async Task Caller_after_the_landing_leads_anew()
    {
        var collapser = new Collapser<string>();
        collapser.Join("a", out _).Land("first");
        using var next = collapser.Join("a", out var isLeader);

        next.Land("second");

        Assert.That((isLeader, await next.Landing), Is.EqualTo((true, "second")));
    }

    [Test]
    public async Task Leader_that_leaves_without_a_result_leaves_null()
    {
        var collapser = new Collapser<string>();
        var leader = collapser.Join("a", out _);
        var follower = collapser.Join("a", out _);

        leader.Dispose();
        leader.Land("too late");

        Assert.That(await follower.Landing, Is.Null);
    }

    [Test]
    public void Landing_again_harms_no_later_flight()
    {
        var collapser = new Collapser<string>();
        var first = collapser.Join("a", out _);
        first.Land("first");
        using var second = collapser.Join("a", out _);

        first.Dispose();
        using var third = collapser.Join("a", out var isLeader);

        Assert.That((isLeader, ReferenceEquals(second, third), third.Landing.IsCompleted), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void Of_many_at_once_one_leads()
    {
        for (var round = 0; round < 200; round++)
        {
            var collapser = new Collapser<string>();
            var leaders = 0;

            Parallel.For(0, 16, _ =>
            {
                collapser.Join("a", out var isLeader);
                Interlocked.Add(ref leaders, isLeader ? 1 : 0);
            });

            Assert.That(leaders, Is.EqualTo(1));
        }
    }
}
