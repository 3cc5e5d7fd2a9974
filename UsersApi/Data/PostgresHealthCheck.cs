using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Asks Postgres for an answer: without it this node serves only what it has stored.</summary>
/// <remarks>
/// The framework turns an exception and a cancellation into the registered status. AspNetCore.HealthChecks.NpgSql leaves the limit to
/// Npgsql, which does not give up a connection that is being opened: a limit of 3 seconds took the 10 of the connection's own.
/// </remarks>
internal sealed class PostgresHealthCheck(
    PostgresPrimary primary, IOptions<PostgresOptions> options, PostgresTrouble trouble, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = new CancellationTokenSource(options.Value.HealthTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await AskAsync(either.Token).WaitAsync(either.Token);
        trouble.Answered();
        return HealthCheckResult.Healthy();
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }
}
