namespace UsersApi.Tests.Coherence;

/// <summary>The promise of the cache, held against real nodes while everything around them breaks.</summary>
[NonParallelizable]
public sealed class CoherenceTests
{
    [Test]
    public Task No_read_is_older_than_a_write_acknowledged_before_it_began() => RunAsync(new ReplicatedRedis());

    [Test, Category("Scale")]
    public Task No_read_is_older_than_a_write_acknowledged_before_it_began_on_a_cluster() => RunAsync(new ClusteredRedis());

    private static async Task RunAsync(IRedisStage redis)
    {
        var settings = CheckerSettings.FromEnvironment();
        await TestContext.Progress.WriteLineAsync($"coherence: seed {settings.Seed}; COHERENCE_SEED repeats it");
        await using var run = await CoherenceRun.StartAsync(settings, redis);

        await run.RunAsync();
        await run.SettleAsync();

        await TestContext.Progress.WriteLineAsync(run.Tally.ToString());
        if (settings.ReportFile is { } file)
        {
            await File.WriteAllTextAsync(file, $"{run.Tally}\n");
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Tally.Violations, Is.Empty);
            Assert.That(run.Tally.Hits, Is.GreaterThan(100), "hits: without them nothing was tried");
            Assert.That(run.Tally.CalmHitShare, Is.GreaterThan(0.8), "the share of hits while nothing is broken: a cache that never hits passes nothing");
            Assert.That(run.Tally.HardReads, Is.GreaterThan(100), "reads right after a write on the other node");
            Assert.That(run.Tally.Writes, Is.GreaterThan(20), "acknowledged writes");
        }
    }
}
