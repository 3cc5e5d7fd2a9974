using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Caching;

/// <summary>One request to a cached action, from lookup to delivery.</summary>
internal sealed partial class CacheExchange
{
    private readonly CacheServices _shared;
    private readonly CachePolicy _policy;
    private readonly HttpContext _http;
    private readonly RedisCachedOptions _options;
    private readonly RequestDirectives _directives;
    private readonly KeyDraft _draft;
    private readonly IReadOnlyList<string> _tags;
    private ResponseCapture? _capture;
    private Lookup _lookup;
    private CacheFlight? _flight;
    private RateLimitLease? _turn;
    private string _flightKey = "";
    private bool _isRefused;
    private CacheOutcome _answer = CacheOutcome.Hit;

    public CacheExchange(CacheServices shared, ActionExecutingContext context, CachePolicy policy)
    {
        _shared = shared;
        _policy = policy;
        _http = context.HttpContext;
        _options = shared.Options;
        _directives = RequestDirectives.Of(_http.Request, _options);
        _draft = policy.Key.Draft(context);
        _tags = policy.TagsOf(context, _draft.Path);
    }

    /// <summary>Whether the answer is known without the action.</summary>
    public bool IsAnswered => _lookup.Entry is not null;

    /// <summary>Whether the client wants a stored response or none.</summary>
    public bool IsRefused => !IsAnswered && _directives.OnlyIfCached;

    /// <summary>What the action returned, to see whether an outer filter put something else in its place.</summary>
    public IActionResult? Result { get; set; }

    // Not kept: an answer may teach the policy another Vary, and is stored under the key that holds it.
    private string Key => _policy.Key.Complete(_draft, _shared.Dimensions.Of(_policy, _http));

    private DateTimeOffset Now => _shared.Time.GetUtcNow();

    public async Task LookUpAsync()
    {
        if (!_options.Enabled)
            return;

        var key = Key;
        _shared.EarlyHits.Remember(_http, _policy, _draft, _tags);
        _lookup = _http.Features.Get<EarlyLookup>() is { } early && early.Key == key ? early.Lookup : await _shared.Store.FindAsync(_policy, key, _tags);
        _flightKey = $"{_policy.ActionId}\n{_lookup.Stamp}\n{key}";
        if (_http.Features.Get<Revalidator.Revalidation>() is { Flight: var flight })
        {
            (_lookup, _flight) = (_lookup with { Entry = null }, flight);
            return;
        }

        if (_lookup.Entry is { } entry && (_directives.NoCache || !_directives.Accepts(entry, Now.ToUnixTimeMilliseconds())))
            (_lookup, _isRefused) = (_lookup with { Entry = null }, true);

        if (IsAnswered || _directives.NoCache || _directives.OnlyIfCached)
            return;

        if (TryUseStale(_policy.StaleSeconds, CacheOutcome.StaleWhileRevalidate))
            Revalidate();
        else if (!HttpMethods.IsHead(_http.Request.Method))
            await JoinAsync();
    }

    /// <summary>Waits for its turn to run the action, where it has to.</summary>
    /// <returns>False where it does not come in time.</returns>
    public async Task<bool> TryEnterAsync()
    {
        if (IsAnswered)
            return true;

        _turn = await _shared.Misses.EnterAsync(_http.RequestAborted);
        if (_turn.IsAcquired)
        {
            _http.Response.RegisterForDispose(_turn);
            return true;
        }

        Abandon();
        return TryUseStaleIfError(null);
    }

    /// <summary>Puts a stale response in the place of an action that failed, where the policy allows it.</summary>
    public bool TryUseStaleIfError(Exception? error)
    {
        if (_http.RequestAborted.IsCancellationRequested || !TryUseStale(_policy.StaleIfErrorSeconds, CacheOutcome.StaleIfError))
        {
            if (error is not null)
                Abandon();

            return false;
        }

        CacheLog.StaleIfError(_shared.Logger, error);
        _capture?.Headers.Revert();
        // Those who wait would fail one after another.
        _flight?.Land(new Landed(_lookup.Entry));
        return true;
    }

    /// <summary>Sends the response that was found.</summary>
    public Task DeliverAsync()
    {
        var now = Now;
        var entry = _lookup.Entry!;
        if (_answer is CacheOutcome.Collapsed)
        {
            Report(_answer);
        }
        else
        {
            CacheStatus.SetHit(_http, _options.Name, _answer, (entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000);
            _shared.Metrics.Request(_answer);
        }

        return new ResponseDelivery(_http, _policy, now).SendAsync(entry, isHit: true);
    }

    private bool TryUseStale(int seconds, CacheOutcome answer)
    {
        var now = Now.ToUnixTimeMilliseconds();
        if (_lookup.Stale is not { } stale || now >= Math.Min(stale.KeepUntil, stale.FreshUntil + (seconds * 1_000L)))
            return false;

        _lookup = _lookup with { Entry = stale };
        _answer = answer;
        return true;
    }

    private void Abandon() => _flight?.Dispose();

    private void Revalidate()
    {
        if (_shared.Flights.TryLead(_flightKey) is { } flight)
            _shared.Revalidator.Begin(_http, flight);
    }

    private async Task JoinAsync()
    {
        (var joined, _flight) = await _shared.Flights.JoinAsync(_flightKey, _http.RequestAborted);
        if (joined is not null)
            (_lookup, _answer) = (_lookup with { Entry = joined }, joined.FreshUntil > Now.ToUnixTimeMilliseconds() ? CacheOutcome.Collapsed : CacheOutcome.StaleIfError);

        if (_flight is null)
            return;

        _http.Response.RegisterForDispose(_flight);
        if (_lookup.Stamp is null)
        {
            // Without versions, only those may share who came before the action reads anything.
            await ThreadPoolLine.PassAsync();
            _flight.Close();
            return;
        }

        // Another flight may have landed between this request's lookup and its turn to lead.
        if (!_isRefused && _shared.Store.FindInMemory(_policy, Key) is { } landed && landed.Stamp == _lookup.Stamp && landed.FreshUntil > Now.ToUnixTimeMilliseconds())
        {
            _lookup = _lookup with { Entry = landed };
            _flight.Land(new Landed(landed));
        }
    }
}
