using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Asks Postgres for an answer: without it this node cannot serve.</summary>
internal sealed class PostgresHealthCheck(NpgsqlDataSource dataSource, IOptions<PostgresOptions> options, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.HealthTimeoutSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);

        try
        {
            await using var command = dataSource.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(either.Token);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "Postgres does not answer.", error);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "Postgres does not answer in time.");
        }
    }
}
