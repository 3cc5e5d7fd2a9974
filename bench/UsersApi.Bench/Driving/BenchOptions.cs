using System.Globalization;

namespace UsersApi.Bench.Driving;

/// <summary>What is asked for on the command line.</summary>
/// <param name="Scenarios">What is measured.</param>
/// <param name="Subjects">Who is measured beside those that the others are compared with; all, where none is named.</param>
/// <param name="Runs">Paired runs of each subject.</param>
/// <param name="Seconds">Length of one run.</param>
/// <param name="WarmUpSeconds">Length of one turn in which a subject is warmed up before the first run.</param>
/// <param name="MostWarmUps">How many turns at most.</param>
internal sealed record BenchOptions(IReadOnlyList<Scenario> Scenarios, string[] Subjects, int Runs, int Seconds, int WarmUpSeconds, int MostWarmUps)
{
    public const string Usage = "usage: ./dev bench [SCENARIO...] [--runs N] [--quick] [--subjects NAME,...] | plot | micro [FILTER]";

    /// <summary>Whether all work, and answer the same: its figures prove nothing.</summary>
    public bool IsQuick { get; init; }

    /// <returns>Null where the arguments are not understood.</returns>
    public static BenchOptions? Parse(string[] arguments)
    {
        var words = new List<string>();
        var options = new BenchOptions([], [], Runs: 9, Seconds: 3, WarmUpSeconds: 5, MostWarmUps: 8);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Runs = 1, Seconds = 1, MostWarmUps = 0, IsQuick = true };
                    break;
                case "--runs" when i + 1 < arguments.Length && int.TryParse(arguments[++i], CultureInfo.InvariantCulture, out var runs) && runs is > 0 and < 1_000:
                    options = options with { Runs = runs };
                    break;
                case "--subjects" when i + 1 < arguments.Length:
                    options = options with { Subjects = arguments[++i].Split(',') };
                    break;
                case var word when !word.StartsWith('-') && Driving.Scenarios.Named([word]).Count > 0:
                    words.Add(word);
                    break;
                default:
                    return null;
            }
        }

        var scenarios = Driving.Scenarios.Named(words);
        return options with { Scenarios = options.IsQuick ? [.. scenarios.Select(Quick)] : scenarios };
    }

    private static Scenario Quick(Scenario scenario) => scenario with { Keys = Math.Min(scenario.Keys, 500), Connections = [scenario.Connections[^1]] };

    /// <summary>The subjects of a scenario that are asked for, and those that they are compared with.</summary>
    public IEnumerable<string> SubjectsOf(Scenario scenario) =>
        scenario.Subjects.Where(name => Subjects is [] || Subjects.Contains(name) || Results.ResultRow.Bases.Contains(name));
}
