using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Server;

/// <summary>Healthy from the time on when everything that the process starts with has been done, migrations among it.</summary>
internal sealed class StartUp(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStarted.IsCancellationRequested
            ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The process is still starting."));
}
