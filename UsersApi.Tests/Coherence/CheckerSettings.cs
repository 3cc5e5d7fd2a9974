using System.Globalization;

namespace UsersApi.Tests.Coherence;

/// <summary>How a run is to be: short in the suite; longer, or again with the seed of another run, by environment variables.</summary>
/// <param name="Seed">Decides what is read, written, delayed and broken; not how the threads of three processes interleave.</param>
/// <param name="Length">How long there is load.</param>
/// <param name="ReportFile">Where the closing line goes too.</param>
internal sealed record CheckerSettings(int Seed, TimeSpan Length, string? ReportFile)
{
    private const int ShortSeconds = 20;

    public static CheckerSettings FromEnvironment() => new(
        Number("COHERENCE_SEED") ?? Random.Shared.Next(),
        TimeSpan.FromSeconds(Number("COHERENCE_SECONDS") ?? ShortSeconds),
        Environment.GetEnvironmentVariable("COHERENCE_REPORT"));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
