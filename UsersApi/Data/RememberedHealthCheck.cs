using Microsoft.Extensions.Diagnostics.HealthChecks;
using UsersApi.Hosting;

namespace UsersApi.Data;

/// <summary>Remembers for a second what a check found, and lets all who ask meanwhile wait for the one under way.</summary>
internal sealed class RememberedHealthCheck(IHealthCheck check, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    // The context names the registration, of which there is one.
    private readonly SharedAnswer<HealthCheckResult> _result =
        new(() => check.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None), _ => Memory, clock);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        _result.GetAsync().WaitAsync(cancellationToken);
}
