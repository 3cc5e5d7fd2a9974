namespace UsersApi.Data;

/// <summary>What <c>/health/ready</c> tells: section <c>Health</c>.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>
    /// Whether a node without Postgres is Unhealthy (503), which takes it out of service. By default it is Degraded (200), since it goes on
    /// answering from the cache.
    /// </summary>
    public bool UnhealthyWithoutPostgres { get; set; }
}
