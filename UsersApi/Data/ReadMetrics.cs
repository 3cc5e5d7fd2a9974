using System.Diagnostics.Metrics;

namespace UsersApi.Data;

/// <summary>Which server answered reads, where replicas may.</summary>
internal sealed class ReadMetrics(IMeterFactory meters)
{
    public const string MeterName = "UsersApi.Data";

    private readonly Counter<long> _reads = meters.Create(MeterName).CreateCounter<long>(
        "postgres.reads", "{read}", "Reads by the role of the server that answered, and why it was not a replica.");

    public void ByReplica() => Count("replica", "current");

    /// <param name="reason"><c>none</c> serves reads at the moment, or one was <c>behind</c> or <c>failed</c>.</param>
    public void ByPrimary(string reason) => Count("primary", reason);

    private void Count(string role, string reason) => _reads.Add(1, new("postgres.role", role), new("postgres.reason", reason));
}
