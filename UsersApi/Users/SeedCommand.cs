using System.Globalization;
using UsersApi.Hosting;

namespace UsersApi.Users;

/// <summary><c>UsersApi seed --count N [--if-empty]</c>.</summary>
internal sealed class SeedCommand(Lazy<UserSeeder> seeder, TimeProvider clock) : ICommand
{
    private const long MaxCount = 10_000_000;

    public string Name => "seed";

    public string Usage => "seed --count N [--if-empty]      adds N invented users (1 to 10000000), or none if there are users";

    public async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (count, ifEmpty) = Parse(arguments);
        var progress = new ProgressBar(Console.Out, !Console.IsOutputRedirected, clock) { Total = count };
        var seeded = await seeder.Value.SeedAsync(count, ifEmpty, progress, cancellationToken);

        var (copying, all) = (progress.Filled.TotalSeconds, progress.Elapsed.TotalSeconds);
        progress.Close(seeded == 0
            ? "There are users already: none were added."
            : string.Create(CultureInfo.InvariantCulture,
                $"Seeded {seeded:N0} users in {all:N1} s: {copying:N1} s to copy them ({seeded / copying:N0} a second), the rest for indexes and statistics."));
    }

    /// <exception cref="UsageException">The arguments are not a count and perhaps --if-empty.</exception>
    public static (long Count, bool IfEmpty) Parse(IReadOnlyList<string> arguments)
    {
        string? count = null;
        var ifEmpty = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--if-empty":
                    ifEmpty = true;
                    break;
                case "--count" when i + 1 < arguments.Count:
                    count = arguments[++i];
                    break;
                case var joined when joined.StartsWith("--count=", StringComparison.Ordinal):
                    count = joined["--count=".Length..];
                    break;
                default:
                    throw new UsageException($"'{arguments[i]}' is not understood here.");
            }
        }

        return long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxCount
            ? (number, ifEmpty)
            : throw new UsageException("--count must be a number from 1 to 10000000.");
    }
}
