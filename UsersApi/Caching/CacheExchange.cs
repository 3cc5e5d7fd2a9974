using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Caching;

/// <summary>One request to a cached action, from lookup to delivery.</summary>
internal sealed class CacheExchange
{
    private readonly CacheExchangeFactory _shared;
    private readonly CachePolicy _policy;
    private readonly HttpContext _http;
    private readonly RedisCachedOptions _options;
    private readonly RequestDirectives _directives;
    private readonly KeyDraft _draft;
    private readonly IReadOnlyList<string> _tags;
    private ResponseCapture? _capture;
    private Lookup _lookup;
    private Collapser<CacheFlights.Landed>.Flight? _flight;
    private string _flightKey = "";
    private bool _isCollapsed;

    public CacheExchange(CacheExchangeFactory shared, ActionExecutingContext context, CachePolicy policy)
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

    public async Task LookUpAsync()
    {
        if (!_options.Enabled)
            return;

        var key = Key;
        _lookup = await _shared.Store.FindAsync(_policy, key, _tags);
        if (_lookup.Entry is { } entry && (_directives.NoCache || !_directives.Accepts(entry, _shared.Time.GetUtcNow().ToUnixTimeMilliseconds())))
            _lookup = _lookup with { Entry = null };

        if (IsAnswered || _lookup.Stamp is null || _directives.NoCache || _directives.OnlyIfCached || HttpMethods.IsHead(_http.Request.Method))
            return;

        _flightKey = $"{_policy.ActionId}\n{_lookup.Stamp}\n{key}";
        (var joined, _flight) = await _shared.Flights.JoinAsync(_flightKey, _http.RequestAborted);
        _isCollapsed = joined is not null;
        _lookup = _lookup with { Entry = joined };
        if (_flight is not null)
            _http.Response.RegisterForDispose(_flight);
    }

    /// <summary>The action failed: one of those who wait for its answer takes over.</summary>
    public void Abandon() => _flight?.Dispose();

    public void BeginCapture()
    {
        _capture ??= new ResponseCapture(_http, _policy.Key, _options.MaxBodyBytes, beforeOverflow: () => Refuse(CacheOutcome.TooLarge));
        _capture.Begin();
    }

    public void EndCapture() => _capture!.End();

    /// <summary>Sends the response that was found.</summary>
    public Task DeliverAsync()
    {
        var now = _shared.Time.GetUtcNow();
        var entry = _lookup.Entry!;
        if (_isCollapsed)
        {
            Report(CacheOutcome.Collapsed);
        }
        else
        {
            CacheStatus.SetHit(_http, _options.Name, Math.Max(0, (entry.FreshUntil - now.ToUnixTimeMilliseconds()) / 1_000));
            _shared.Metrics.Request(CacheOutcome.Hit);
        }

        return new ResponseDelivery(_http, _policy, now).SendAsync(entry, isHit: true);
    }

    /// <summary>Stores what was captured, if it may be, and sends it.</summary>
    /// <param name="isReplayable">False where filters changed the result in a way that a stored response could not show.</param>
    public async Task CompleteAsync(bool isReplayable)
    {
        var capture = _capture!;
        var body = await capture.CompleteAsync();
        if (capture.Overflowed)
            return;

        var now = _shared.Time.GetUtcNow();
        var delivery = new ResponseDelivery(_http, _policy, now);
        var (judged, seconds) = Storability.Judge(_http.Response, _policy, capture, now);
        if (judged is not CacheOutcome.Stored || !isReplayable)
        {
            Refuse(isReplayable ? judged : CacheOutcome.NotReplayable);
            await delivery.SendAsIsAsync(body);
            return;
        }

        var entry = EntryBuilder.Build(_http.Response, capture.Headers, body, _options) with
        {
            Key = Key,
            Action = _policy.ActionId,
            Stamp = _lookup.Stamp ?? "",
            Stored = now.ToUnixTimeMilliseconds(),
            FreshUntil = now.AddSeconds(seconds).ToUnixTimeMilliseconds(),
        };
        capture.Headers.Revert();
        Report(Store(entry));
        Land(entry);
        await delivery.SendAsync(entry, isHit: false);
    }

    /// <summary>Why the action had to run: a word of RFC 9211, section 2.2.</summary>
    private string Forward() =>
        !_options.Enabled || _lookup.Stamp is null ? "bypass"
        : _directives.NoCache ? "request"
        : _lookup.IsOutdated ? "stale" : "uri-miss";

    /// <summary>An answer for this client alone; those who wait for it run the action themselves, and for a while nobody waits.</summary>
    private void Refuse(CacheOutcome outcome)
    {
        Report(outcome);
        _flight?.Land(new CacheFlights.Landed(null));
        if (_flight is not null)
            _shared.Flights.RememberUncacheable(_flightKey);
    }

    private void Land(CacheEntry entry)
    {
        if (_http.RequestAborted.IsCancellationRequested)
            Abandon();
        else
            // Where the answer named another Vary, those who wait may want another variant.
            _flight?.Land(new CacheFlights.Landed(_flightKey.EndsWith('\n' + entry.Key, StringComparison.Ordinal) ? entry : null));
    }

    private CacheOutcome Store(CacheEntry entry) =>
        !_options.Enabled ? CacheOutcome.Disabled
        : _lookup.Stamp is null ? CacheOutcome.Unreachable
        : HttpMethods.IsHead(_http.Request.Method) ? CacheOutcome.Head
        : _directives.NoStore ? CacheOutcome.RequestNoStore
        : _http.RequestAborted.IsCancellationRequested ? CacheOutcome.Aborted
        : _shared.Store.TryStore(entry) ? CacheOutcome.Stored : CacheOutcome.Stopping;

    private void Report(CacheOutcome outcome)
    {
        CacheStatus.SetForward(_http, _options.Name, outcome, Forward());
        _shared.Metrics.Request(outcome);
    }
}
