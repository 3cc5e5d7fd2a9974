namespace UsersApi.Tests.Coherence;

/// <summary>How long a piece of data is under way: mostly up to 10 ms, sometimes some tens.</summary>
internal sealed class Weather(int seed)
{
    private readonly Random _random = new(seed);

    public TimeSpan NextDelay() => TimeSpan.FromMilliseconds(_random.NextDouble() switch
    {
        < 0.30 => 0,
        < 0.95 => 10 * _random.NextDouble(),
        _ => 10 + (40 * _random.NextDouble()),
    });
}
