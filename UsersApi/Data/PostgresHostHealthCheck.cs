using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Data;

/// <summary>Tells what a host was when it was last looked at: the primary and its replicas are well.</summary>
internal sealed class PostgresHostHealthCheck(PostgresHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(host.Role is PostgresRole.Primary or PostgresRole.Replica
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, host.Role.ToString()));
}
