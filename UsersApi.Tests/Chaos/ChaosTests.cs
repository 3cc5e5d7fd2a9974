namespace UsersApi.Tests.Chaos;

/// <summary>The calm that is promised, with both servers in every trouble there is.</summary>
[NonParallelizable]
public sealed class ChaosTests
{
    private const int Users = 5_000;

    [Test]
    public async Task No_body_is_wrong_whatever_breaks_and_nothing_fails_but_what_needs_Postgres()
    {
        var settings = RunSettings.FromEnvironment("CHAOS");
        await TestContext.Progress.WriteLineAsync($"chaos: seed {settings.Seed}; CHAOS_SEED repeats it");
        await using var api = await ApiUnderLoad.StartAsync(Users);
        var run = new ChaosRun(settings, api, await Truth.ReadAsync(api.Client));

        try
        {
            await run.RunAsync();
        }
        finally
        {
            await settings.PublishAsync(run.Report.ToString());
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Report.Violations, Is.Empty);
            Assert.That(run.Report.Requests, Is.GreaterThan(1_000), "requests: without them nothing was tried");
        }
    }
}
