using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace UsersApi.Users;

/// <summary><c>UsersApi seed --count N [--if-empty]</c>.</summary>
internal sealed class SeedCommand : Command
{
    private const long MaxCount = 10_000_000;

    private readonly Option<long> _count = new("--count")
    {
        Description = $"How many: 1 to {MaxCount}",
        HelpName = "N",
        Required = true,
        CustomParser = ParseCount,
    };

    private readonly Option<bool> _ifEmpty = new("--if-empty") { Description = "Add none if there are users" };

    /// <param name="seeder">Asked for only when the command runs: to list the commands, no database needs to be configured.</param>
    /// <param name="console">Where the bar and the closing line go.</param>
    public SeedCommand(Func<UserSeeder> seeder, IAnsiConsole console)
        : base("seed", "Adds invented users")
    {
        Options.Add(_count);
        Options.Add(_ifEmpty);
        SetAction((parsed, cancellationToken) =>
            SeedAsync(seeder(), console, parsed.GetValue(_count), parsed.GetValue(_ifEmpty), cancellationToken));
    }

    private static long ParseCount(ArgumentResult result)
    {
        var isNumber = long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (!isNumber || count is < 1 or > MaxCount)
        {
            result.AddError($"--count must be a number from 1 to {MaxCount}.");
        }

        return count;
    }

    private static async Task SeedAsync(
        UserSeeder seeder, IAnsiConsole console, long count, bool ifEmpty, CancellationToken cancellationToken)
    {
        // A file or a pipe gets the closing line alone.
        var output = console.Profile.Out;
        var bar = output.IsTerminal ? console : AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) });
        var watch = Stopwatch.StartNew();
        var seeded = await bar.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn())
            .StartAsync(progress =>
            {
                var copying = progress.AddTask($"of {count.ToString("N0", CultureInfo.InvariantCulture)} users", maxValue: count);
                return seeder.SeedAsync(count, ifEmpty, copying, cancellationToken);
            });
        var seconds = watch.Elapsed.TotalSeconds;

        // Not through the console, which would break the line at its width.
        await output.Writer.WriteLineAsync(seeded == 0
            ? "There are users already: none were added."
            : string.Create(CultureInfo.InvariantCulture, $"Seeded {seeded:N0} users in {seconds:N1} s ({seeded / seconds:N0} a second)."));
    }
}
