using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Caching.Versions;

/// <summary>Degraded without Redis: requests are answered all the same.</summary>
/// <remarks>It knows without asking. AspNetCore.HealthChecks.Redis would ask, and take 21 seconds to notice that Redis hangs.</remarks>
internal sealed class RedisHealthCheck(RedisConnection connection, ScriptRunner runner) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        runner.MissingRequirement is { } lack ? HealthCheckResult.Degraded($"The cache is off: {lack}")
        : runner.IsLeftAlone ? HealthCheckResult.Degraded("Redis does not answer in time: responses are not cached.")
        : connection.Multiplexer is { IsCompletedSuccessfully: true } ready && (await ready).IsConnected ? HealthCheckResult.Healthy()
        : HealthCheckResult.Degraded("Redis is not connected: responses are not cached.");
}
