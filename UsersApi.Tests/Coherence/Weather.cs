namespace UsersApi.Tests.Coherence;

/// <summary>How long a piece of data is under way.</summary>
/// <param name="seed">Decides the delays.</param>
/// <param name="slowShare">How often it takes as long as if something were stuck.</param>
internal sealed class Weather(int seed, double slowShare)
{
    private readonly Random _random = new(seed);

    /// <summary>Mostly up to 10 ms, sometimes some tens; where something is stuck, up to 200.</summary>
    public TimeSpan NextDelay()
    {
        var (from, to) = _random.NextDouble() < slowShare ? (50, 200) : _random.NextDouble() switch
        {
            < 0.30 => (0, 0),
            < 0.95 => (0, 10),
            _ => (10, 50),
        };
        return TimeSpan.FromMilliseconds(from + ((to - from) * _random.NextDouble()));
    }
}
