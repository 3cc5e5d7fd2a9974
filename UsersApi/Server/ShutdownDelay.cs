using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace UsersApi.Server;

/// <summary>
/// Goes on serving for a while after the process was asked to stop, and says that it is not ready: a load balancer sends requests until
/// it has noticed.
/// </summary>
internal sealed class ShutdownDelay(IOptions<ServerOptions> options, TimeProvider time) : IHostedLifecycleService, IHealthCheck
{
    private int _isStopping;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Volatile.Read(ref _isStopping) == 1
            ? HealthCheckResult.Unhealthy("The process was asked to stop.") : HealthCheckResult.Healthy());

    // The host awaits this before it stops any service, the server among them.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isStopping, 1) == 1)
        {
            return;
        }

        var delay = options.Value.ShutdownDelay;
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
