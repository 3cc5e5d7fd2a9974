using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Data;

/// <summary>Remembers for a second what a check found, and lets all who ask meanwhile wait for the one under way.</summary>
internal sealed class RememberedHealthCheck(IHealthCheck check, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _last;
    private long _at;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(Interlocked.Read(ref _at)) >= Memory))
            {
                _last = AskAsync(context);
            }

            return _last.WaitAsync(cancellationToken);
        }
    }

    // For all who wait: none of them ends it by going away.
    private async Task<HealthCheckResult> AskAsync(HealthCheckContext context)
    {
        try
        {
            return await Task.Run(() => check.CheckHealthAsync(context, CancellationToken.None));
        }
        finally
        {
            Interlocked.Exchange(ref _at, clock.GetTimestamp());
        }
    }
}
