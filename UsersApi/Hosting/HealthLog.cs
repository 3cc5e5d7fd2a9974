using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Hosting;

/// <summary>
/// Tells in the log when the state of a health check changes. The framework would do so with each probe, and with a stack trace;
/// <c>appsettings.json</c> turns that off.
/// </summary>
internal sealed class HealthLog(ILogger<HealthLog> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HealthStatus> _states = [];

    public void Report(HealthReport report)
    {
        lock (_lock)
        {
            foreach (var (name, entry) in report.Entries)
            {
                // What was well from the beginning is not worth a line.
                if (_states.GetValueOrDefault(name, HealthStatus.Healthy) == entry.Status)
                {
                    continue;
                }

                _states[name] = entry.Status;
                if (entry.Status == HealthStatus.Healthy)
                {
                    Log.HealthIsBack(logger, name);
                }
                else
                {
                    var reason = entry.Exception?.Message ?? entry.Description ?? "no reason is given";
                    Log.HealthIsWorse(logger, name, entry.Status, reason.TrimEnd('.'));
                }
            }
        }
    }
}
