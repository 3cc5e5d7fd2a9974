using Npgsql;

namespace UsersApi.Data;

/// <summary>Opens connections to the server that takes writes, whichever that is at the moment.</summary>
public sealed class PostgresPrimary
{
    private readonly PostgresHosts _hosts;

    internal PostgresPrimary(PostgresHosts hosts) => _hosts = hosts;

    /// <summary>
    /// What <c>synchronous_commit</c> is to be for a write that may get lost: no wait for the disk. With several hosts
    /// it is waited for, though not for a replica: replicas get nothing before, and reads would wait for them meanwhile.
    /// </summary>
    public string CommitThatMayBeLost => _hosts.AreSeveral ? "local" : "off";

    /// <exception cref="NpgsqlException">It cannot be reached, or no server is known to be the primary.</exception>
    public async ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        var host = await _hosts.PrimaryAsync(cancellationToken);
        return await host.Source.OpenConnectionAsync(cancellationToken);
    }
}
