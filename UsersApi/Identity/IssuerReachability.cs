using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace UsersApi.Identity;

/// <summary>
/// Knows whether the issuer has told its keys: until then no token can be judged. Once it has, its keys are kept, and it may be away.
/// As a health check it is Degraded as long as they are missing.
/// </summary>
internal sealed class IssuerReachability(IOptionsMonitor<JwtBearerOptions> bearer, TimeProvider clock, ILogger<IssuerReachability> logger)
    : IHealthCheck
{
    // An issuer that is away is asked so often, however many tokens come.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool>? _last;
    private long _at;
    private volatile bool _isAway;

    /// <summary>
    /// Whether its keys are known. Only the first requests wait for an answer; while it is known to be away, nobody does.
    /// </summary>
    public Task<bool> HasToldKeysAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_last is null || (_last.IsCompleted && clock.GetElapsedTime(Interlocked.Read(ref _at)) >= Memory))
            {
                _last = Task.Run(AskAsync, CancellationToken.None);
            }

            return _isAway && !_last.IsCompleted ? Task.FromResult(false) : _last.WaitAsync(cancellationToken);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A probe does not wait either: its next one learns of what is asked now.
        _ = HasToldKeysAsync(cancellationToken);
        return Task.FromResult(_isAway ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
    }

    private async Task<bool> AskAsync()
    {
        try
        {
            // Development signs with a key of its own, and has nobody to ask. The manager remembers what it was told.
            await (bearer.Get(BearerServiceCollectionExtensions.Scheme).ConfigurationManager?.GetConfigurationAsync(CancellationToken.None)
                ?? Task.CompletedTask);
            if (_isAway)
            {
                Log.IssuerIsBack(logger);
            }

            _isAway = false;
        }
        catch (Exception error)
        {
            if (!_isAway)
            {
                Log.IssuerIsAway(logger, error.Message);
            }

            _isAway = true;
        }

        Interlocked.Exchange(ref _at, clock.GetTimestamp());
        return !_isAway;
    }
}
