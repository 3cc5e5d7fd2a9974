using System.Diagnostics;

namespace UsersApi.Tests.Chaos;

/// <summary>Full load and nothing broken: what the process holds must not grow.</summary>
public sealed class SoakTests
{
    private const int Askers = 24;
    private const int Users = 20_000;
    private static readonly TimeSpan ShortForm = TimeSpan.FromSeconds(3);

    [Test]
    public async Task Memory_handles_and_threads_stay_flat_under_full_load()
    {
        var settings = RunSettings.FromEnvironment("SOAK");
        await using var api = await ApiUnderLoad.StartAsync(Users);
        var truth = await Truth.ReadAsync(api.Client);
        if (settings.Length is not null)
        {
            await FillAsync(api.Client, truth);
        }

        var timeline = new Timeline();
        using var stop = new CancellationTokenSource();
        var asking = Enumerable.Range(settings.Seed, Askers)
            .Select(seed => new Asker(api.Client, timeline, Mixture(truth, new Random(seed)), () => Task.CompletedTask).RunAsync(stop.Token))
            .ToList();

        var (samples, took) = await WatchAsync(api, timeline, settings.Length ?? ShortForm);
        await stop.CancelAsync();
        await Task.WhenAll(asking);

        var report = new SoakReport(settings, timeline, samples, took);
        await settings.PublishAsync(report.ToString());
        Assert.That(timeline.Phases.SelectMany(phase => phase.Violations()), Is.Empty);

        // A process that has just started grows: only a long run tells.
        if (settings.Length is not null)
        {
            Assert.That(report.IsFlat, report.ToString());
        }
    }

    // Mostly hits, a third of them conditional; one in eight a miss; now and then megabytes.
    private static Func<Question> Mixture(Truth truth, Random random) => () => random.Next(256) switch
    {
        0 => truth.Everything,
        < 32 => truth.Cold(random),
        < 104 => truth.Hot[random.Next(truth.Hot.Count)] with { IsConditional = true },
        _ => truth.Hot[random.Next(truth.Hot.Count)],
    };

    // What may be kept in memory, up to its own bounds, is kept from the start: what comes on top of it is growth.
    private static Task FillAsync(HttpClient client, Truth truth) =>
        Parallel.ForEachAsync(truth.AllCold, async (question, cancel) => await client.GetByteArrayAsync(new Uri(question.Path, UriKind.Relative), cancel));

    private static async Task<(List<ProcessSample> Samples, TimeSpan Took)> WatchAsync(ApiUnderLoad api, Timeline timeline, TimeSpan length)
    {
        using var looks = new PeriodicTimer(length / 120 > TimeSpan.FromSeconds(5) ? TimeSpan.FromSeconds(5) : length / 120);
        List<ProcessSample> samples = [];
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < length && await looks.WaitForNextTickAsync())
        {
            samples.Add(ProcessSample.Of(api.ProcessId, timeline.Phases[0].Requests));
        }

        return (samples, Stopwatch.GetElapsedTime(began));
    }
}
