using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Hanging;

/// <summary>Runs that the cache begins by itself, of actions that do not heed their limit: each costs its own place, and nobody else anything.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HangingRunTests
{
    [Test]
    public async Task Key_whose_renewal_hangs_takes_no_place_of_others()
    {
        await using var host = await RunsController.StartAsync(new() { ["RevalidationTimeout"] = "00:00:00.100", ["MaxRevalidations"] = "2" }, redis: "");
        var runs = host.Services.GetRequiredService<Runs>();
        foreach (var id in (int[])[1, 2])
            await AnswerAsync(host, $"/runs/stale/{id}", "one");

        host.Time.Advance(TimeSpan.FromSeconds(61));
        await host.ExchangeAsync("GET", "/runs/stale/1");
        await (await runs.NextAsync()).Aborted;
        for (var i = 0; i < 5; i++)
            Assert.That((await host.ExchangeAsync("GET", "/runs/stale/1")).Text, Is.EqualTo("one"));

        await host.ExchangeAsync("GET", "/runs/stale/2");
        var other = await runs.NextAsync();
        other.Answer("two");
        await other.Over;

        Assert.That((other.Target, runs.Count), Is.EqualTo(("/runs/stale/2 2", 4)));
    }

    [Test]
    public async Task Requests_of_the_start_that_hang_hold_up_neither_the_others_nor_the_stop()
    {
        var settings = Enumerable.Range(1, 5).ToDictionary(i => $"RedisCached:Warm:Requests:{i - 1}:Target", i => (string?)$"/runs/plain/{i}");
        var logs = new CollectedLogs();
        await using var host = await RunsController.StartAsync(settings, services => Add(services, logs), redis: "");
        var hanging = await host.Services.GetRequiredService<Runs>().NextAsync(4);

        host.Time.Advance(TimeSpan.FromSeconds(31));
        await Task.WhenAll(hanging.Select(run => run.Aborted));
        (await host.Services.GetRequiredService<Runs>().NextAsync()).Answer("warm");

        await Eventually.HoldsAsync(() => Task.FromResult(Failed(logs) == 4), "four are told of");
    }

    [Test]
    public async Task Schedule_goes_on_once_a_run_that_hung_has_ended()
    {
        var logs = new CollectedLogs();
        await using var host = await StartScheduleAsync(logs);
        var runs = host.Services.GetRequiredService<Runs>();
        var hanging = await NextAsync(host, () => runs.Count == 1);
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await hanging.Aborted;

        // It is told of each time that it is due, and not made once more beside the one that hangs.
        await PassUntilAsync(host, () => Failed(logs) > 2);
        Assert.That(runs.Count, Is.EqualTo(1));
        hanging.Answer("late");
        await hanging.Over;

        (await NextAsync(host, () => runs.Count == 2)).Answer("renewed");
    }

    [Test]
    public async Task Schedule_goes_on_when_the_clock_is_set_back()
    {
        await using var host = await StartScheduleAsync(new CollectedLogs());
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("x");
        await NextAsync(host, () => runs.Count == 1);

        host.Time.WallClockOffset = TimeSpan.FromHours(-1);
        var began = host.Time.GetUtcNow();
        await NextAsync(host, () => runs.Count == 2);

        Assert.That(host.Time.GetUtcNow() - began, Is.LessThan(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public async Task Comparisons_that_hang_are_counted_and_never_more_than_their_places()
    {
        var logs = new CollectedLogs();
        await using var host = await RunsController.StartAsync(new() { ["CanaryPermille"] = "1000" }, services => Add(services, logs), redis: "");
        var runs = host.Services.GetRequiredService<Runs>();
        for (var id = 1; id <= 5; id++)
            await AnswerAsync(host, $"/runs/plain/{id}", "x");

        for (var id = 1; id <= 4; id++)
            await host.ExchangeAsync("GET", $"/runs/plain/{id}");

        var hanging = await runs.NextAsync(4);
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await Eventually.HoldsAsync(() => Task.FromResult(logs.At(LogLevel.Debug).Count(line => line.Contains("could not compare", StringComparison.Ordinal)) == 4), "four are told of");
        await host.ExchangeAsync("GET", "/runs/plain/5");
        Assert.That(runs.Count, Is.EqualTo(9));

        foreach (var run in hanging)
            run.Answer("x");

        await Eventually.HoldsAsync(
            async () =>
            {
                await host.ExchangeAsync("GET", "/runs/plain/5");
                return runs.Count > 9;
            }, "places are free");
    }

    private static int Failed(CollectedLogs logs) => logs.At(LogLevel.Warning).Count(line => line.Contains("Warm", StringComparison.OrdinalIgnoreCase));

    private static Task<CachedHost> StartScheduleAsync(CollectedLogs logs) => RunsController.StartAsync(
        new()
        {
            ["RedisCached:Warm:Requests:0:Target"] = "/runs/plain/1",
            ["RedisCached:Warm:Requests:0:Schedule"] = "* * * * *",
            ["RedisCached:Warm:Requests:0:AtStart"] = "false",
        },
        services => Add(services, logs), redis: "");

    private static void Add(IServiceCollection services, CollectedLogs logs) =>
        services.AddRedisCachedOperations().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs));

    private static async Task AnswerAsync(CachedHost host, string target, string body)
    {
        var asking = host.ExchangeAsync("GET", target);
        (await host.Services.GetRequiredService<Runs>().NextAsync()).Answer(body);
        await asking;
    }

    private static async Task<Run> NextAsync(CachedHost host, Func<bool> hasCome)
    {
        await PassUntilAsync(host, hasCome);
        return await host.Services.GetRequiredService<Runs>().NextAsync();
    }

    private static Task PassUntilAsync(CachedHost host, Func<bool> hasCome) => Eventually.HoldsAsync(
        () =>
        {
            if (!hasCome())
                host.Time.Advance(TimeSpan.FromSeconds(1));

            return Task.FromResult(hasCome());
        }, "it has come");
}
