using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>
/// Knows whether the issuer has told its keys: until then no token can be judged. Once it has, its keys are kept, and it may be away,
/// but for tokens that name another key. As a health check it is Degraded as long as keys are missing.
/// </summary>
internal sealed class IssuerReachability : IHealthCheck
{
    // An issuer that is away is asked so often, however many tokens come.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly IOptionsMonitor<JwtBearerOptions> _bearer;
    private readonly ILogger<IssuerReachability> _logger;
    private readonly SharedAnswer<bool> _keys;
    private readonly SharedAnswer<BaseConfigurationManager?> _newKeys;
    private volatile bool _isAway;
    private volatile bool _newKeysAreMissing;

    public IssuerReachability(IOptionsMonitor<JwtBearerOptions> bearer, TimeProvider clock, ILogger<IssuerReachability> logger)
    {
        (_bearer, _logger) = (bearer, logger);
        _keys = new SharedAnswer<bool>(AskAsync, _ => Memory, clock);

        // One that answers is asked as seldom as the framework itself would: anybody can name a key that does not exist.
        _newKeys = new SharedAnswer<BaseConfigurationManager?>(
            AskAgainAsync, told => told.Result is null ? Memory : Options.RefreshInterval, clock);
    }

    private JwtBearerOptions Options => _bearer.Get(BearerServiceCollectionExtensions.Scheme);

    /// <summary>
    /// Whether its keys are known. Only the first requests wait for an answer; while it is known to be away, nobody does.
    /// </summary>
    public Task<bool> HasToldKeysAsync(CancellationToken cancellationToken)
    {
        var answer = _keys.GetAsync();
        return _isAway && !answer.IsCompleted ? Task.FromResult(false) : answer.WaitAsync(cancellationToken);
    }

    /// <summary>What the issuer tells now, since a token names a key that it had not told.</summary>
    /// <returns>Null while it cannot be reached: then nobody can say whether that key is one of its own.</returns>
    public Task<BaseConfigurationManager?> NewKeysAsync(CancellationToken cancellationToken)
    {
        var answer = _newKeys.GetAsync();
        return _newKeysAreMissing && !answer.IsCompleted
            ? Task.FromResult<BaseConfigurationManager?>(null)
            : answer.WaitAsync(cancellationToken);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A probe does not wait either: its next one learns of what is asked now.
        _ = HasToldKeysAsync(cancellationToken);
        if (_newKeysAreMissing)
        {
            _ = NewKeysAsync(cancellationToken);
        }

        return Task.FromResult(_isAway || _newKeysAreMissing ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
    }

    private async Task<bool> AskAsync()
    {
        try
        {
            // Development signs with a key of its own, and has nobody to ask. The manager remembers what it was told.
            await (Options.ConfigurationManager?.GetConfigurationAsync(CancellationToken.None) ?? Task.CompletedTask);
            if (_isAway)
            {
                Log.IssuerIsBack(_logger);
            }

            _isAway = false;
        }
        catch (Exception error)
        {
            if (!_isAway)
            {
                Log.IssuerIsAway(_logger, error.Message);
            }

            _isAway = true;
        }

        return !_isAway;
    }

    // Not the manager: it asks in the background, and does not tell how that ended.
    private async Task<BaseConfigurationManager?> AskAgainAsync()
    {
        try
        {
            var documents = new HttpDocumentRetriever(Options.Backchannel) { RequireHttps = Options.RequireHttpsMetadata };
            var told = await OpenIdConnectConfigurationRetriever.GetAsync(Options.MetadataAddress, documents, CancellationToken.None);
            if (_newKeysAreMissing)
            {
                Log.IssuerIsBack(_logger);
            }

            _newKeysAreMissing = false;
            return new StaticConfigurationManager<OpenIdConnectConfiguration>(told);
        }
        catch (Exception error)
        {
            if (!_newKeysAreMissing)
            {
                Log.NewKeysAreMissing(_logger, error.Message);
            }

            _newKeysAreMissing = true;
            return null;
        }
    }
}
