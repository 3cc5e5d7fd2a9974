using System.Globalization;

namespace UsersApi.Tests.Chaos;

/// <summary>How a run is to be: short in the suite; longer, or again with the seed of another run, by environment variables.</summary>
/// <param name="Seed">Decides what is asked for, what breaks when, and for how long.</param>
/// <param name="Length">How long there is load; null for the short form.</param>
/// <param name="ReportFile">Where the report goes too.</param>
internal sealed record RunSettings(int Seed, TimeSpan? Length, string? ReportFile)
{
    /// <param name="prefix">Of the variables' names: <c>CHAOS</c> or <c>SOAK</c>.</param>
    public static RunSettings FromEnvironment(string prefix) => new(
        Number($"{prefix}_SEED") ?? Random.Shared.Next(),
        Number($"{prefix}_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Environment.GetEnvironmentVariable($"{prefix}_REPORT"));

    /// <summary>Prints the report, and writes it where it was asked for.</summary>
    public async Task PublishAsync(string report)
    {
        await TestContext.Progress.WriteLineAsync(report);
        if (ReportFile is { } file)
        {
            await File.WriteAllTextAsync(file, $"{report}\n");
        }
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
