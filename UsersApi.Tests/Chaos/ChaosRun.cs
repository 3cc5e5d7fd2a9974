using System.Diagnostics;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Chaos;

/// <summary>Many who ask without a pause, while one server at a time gets into trouble and out of it again.</summary>
internal sealed class ChaosRun(RunSettings settings, ApiUnderLoad api, Truth truth)
{
    private const int HotAskers = 28;
    private const int ColdAskers = 4;
    private const int GoodAgain = 3;

    // Without pauses, all times would tell of the processor alone.
    private const int LongestPauseMs = 40;

    private readonly Random _random = new(settings.Seed);
    private readonly List<Asker> _askers = [];

    public ChaosReport Report { get; } = new(settings.Seed);

    public async Task RunAsync()
    {
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < HotAskers + ColdAskers; i++)
        {
            var random = new Random(settings.Seed + 1 + i);
            Func<Question> next = i < HotAskers ? () => truth.Hot[random.Next(truth.Hot.Count)] : () => truth.Cold(random);
            _askers.Add(new Asker(api.Client, Report.Timeline, next, () => Task.Delay(random.Next(LongestPauseMs), CancellationToken.None)));
        }

        var asking = _askers.ConvertAll(asker => asker.RunAsync(stop.Token));
        try
        {
            await AllGoodAsync();
            await BreakAllAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asking);
            Report.Close();
        }
    }

    // Every fault once, in any order; and again while there is time.
    private async Task BreakAllAsync()
    {
        var faults = Fault.AllOf(api).ToArray();
        var began = Stopwatch.GetTimestamp();
        do
        {
            _random.Shuffle(faults);
            foreach (var fault in faults)
            {
                await HealthyAsync();
                await BreakAsync(fault);
            }
        }
        while (Stopwatch.GetElapsedTime(began) < settings.Length);

        await HealthyAsync();
    }

    private async Task BreakAsync(Fault fault)
    {
        Report.Timeline.Begin(fault.Name, fault.Trouble);
        await fault.BeginAsync();
        await LastsAsync(500, 900, 5_000, 20_000);
        var recovery = Report.Timeline.Begin($"{fault.Name}: after", fault.Trouble);
        await fault.EndAsync();
        var healed = Stopwatch.GetTimestamp();
        await AllGoodAsync();
        Report.Recovered(recovery, Stopwatch.GetElapsedTime(healed));
    }

    private async Task HealthyAsync()
    {
        Report.Timeline.Begin("healthy", Trouble.None);
        await LastsAsync(200, 300, 3_000, 6_000);
    }

    /// <summary>Returns when everybody has got what they should several times in a row, hits among it.</summary>
    private async Task AllGoodAsync()
    {
        _askers.ForEach(asker => asker.Reset());
        await Eventually.HoldsAsync(() => Task.FromResult(_askers.TrueForAll(asker => asker.GoodInARow >= GoodAgain)), "all is well again");
    }

    private Task LastsAsync(int shortFrom, int shortTo, int longFrom, int longTo) =>
        Task.Delay(settings.Length is null ? _random.Next(shortFrom, shortTo) : _random.Next(longFrom, longTo));
}
