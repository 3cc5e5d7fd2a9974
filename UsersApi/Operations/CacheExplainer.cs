using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;
using UsersApi.Caching.Diagnostics;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Http;
using UsersApi.Caching.Pipeline;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Versions;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Explains what the cache would do with a request. It is sent through the whole application, so that routing, authorization and binding
/// are the real ones, and nothing of it is stored.
/// </summary>
public sealed class CacheExplainer
{
    private readonly OwnRequests _requests;
    private readonly StoredEntries _entries;
    private readonly CacheServices _services;

    internal CacheExplainer(OwnRequests requests, StoredEntries entries, CacheServices services) =>
        (_requests, _entries, _services) = (requests, entries, services);

    /// <param name="target">Path and query, as a client would send them.</param>
    /// <param name="headers">Of the request: <c>Accept</c>, <c>Authorization</c> and whatever the action varies by.</param>
    /// <param name="runsAction">Whether a miss runs the action, to see whether its answer could be stored; it never is.</param>
    /// <param name="origin">The request that asks: its scheme and host are those of the explained one.</param>
    /// <param name="cancel">Ends the action.</param>
    public Task<CacheExplanation> ExplainAsync(
        string target, IReadOnlyDictionary<string, string> headers, bool runsAction, HttpContext origin, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(origin);
        var seen = new Sight(_services, _entries, runsAction);
        var probe = new CacheProbe(seen.LookAsync);
        return _requests.SendAsync(
            probe, target, origin.Request.Scheme, origin.Request.Host, headers, http => seen.Conclude(http, probe), cancel);
    }

    /// <summary>What was seen on the way.</summary>
    private sealed class Sight(CacheServices services, StoredEntries entries, bool runsAction)
    {
        private readonly List<string> _steps = [];
        private IReadOnlyList<TagState> _tags = [];
        private string? _key;
        private (string Verdict, string Reason)? _known;

        [SuppressMessage("Globalization", "CA1308", Justification = "The words of an audience are written small.")]
        public async ValueTask<bool> LookAsync(CachePolicy policy, CacheOutcome? bypass, CachedRequest? request)
        {
            var audience = policy.Settings.Audience.ToString().ToLowerInvariant();
            _steps.Add($"{policy.Action.DisplayName} is cached for {policy.Settings.Seconds} s, for {audience}.");
            if (bypass is { } why)
                return End("bypass", CacheMetrics.ReasonOf(why), "The request bypasses the cache before its key is looked up.");

            _key = request!.KeyOf([]);
            _tags = [.. request.Bound.Tags.Select(tag => new TagState(tag, null, null))];
            _steps.Add($"Its key is {_key}.");
            if (!request.IsCacheOn)
                return End("bypass", CacheMetrics.ReasonOf(CacheOutcome.Disabled), "The cache is switched off.");

            var found = await services.Store.FindAsync(policy, request.KeyOf, request.Bound.Tags);
            _key = found.Key;
            if (found.Stamp is not { } now)
                return Unreachable("The versions of its tags could not be read from Redis.");

            CacheEntry? stored;
            try
            {
                stored = found.Entry ?? found.Stale ?? await entries.FindAsync(found.Key);
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                return Unreachable("What is stored could not be read from Redis.");
            }

            _tags = [.. request.Bound.Tags.Select(
                (tag, i) => new TagState(tag, now.Tokens[i], stored?.Stamp?.Tokens.ElementAtOrDefault(i)))];
            var nowMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
            if (stored is not null)
                Step($"A response of {stored.Length} bytes, {(nowMs - stored.Stored) / 1_000} s old, is stored.");

            if (found.Entry is { } fresh)
            {
                Step($"It is fresh for {(fresh.FreshUntil - nowMs) / 1_000} s.");
                return End("hit", "hit", "No tag was evicted since.");
            }

            if (found.StaleWhileRevalidate(nowMs) is not null)
            {
                var reason = CacheMetrics.ReasonOf(CacheOutcome.StaleWhileRevalidate);
                return End("stale", reason, "It is not fresh any more, and is sent at once while a new one is made in the background.");
            }

            var hasFailed = services.Flights.Failed.Contains(RequestLookup.FlightKeyOf(policy, now, found.Key));
            if (hasFailed && found.StaleIfError(nowMs) is not null)
            {
                var reason = CacheMetrics.ReasonOf(CacheOutcome.StaleIfError);
                return End("stale", reason, "Its action failed a moment ago: it is tried again in the background.");
            }

            if (stored is not null && stored.Action != policy.ActionId)
                End("miss", "absent", $"What is stored under this key is of another action or version of it, {stored.Action}.");
            else
                ConcludeMiss(stored?.Stamp, now);

            return runsAction;
        }

        private bool Unreachable(string step) => End("bypass", CacheMetrics.ReasonOf(CacheOutcome.Unreachable), step);

        private void ConcludeMiss(Stamp? stored, Stamp now)
        {
            var changed = _tags.Where(tag => tag.StoredVersion is { } version && version != tag.Version).Select(tag => tag.Name).ToList();
            var (reason, step) =
                stored is null ? ("absent", "Nothing is stored under this key.")
                : changed.Count > 0 ? ("evicted", $"It was evicted: {string.Join(", ", changed)} has another version now.")
                : stored != now ? ("evicted", "It comes from another run of Redis.")
                : ("expired", "It is not fresh any more.");
            End("miss", reason, step);
        }

        private void Step(FormattableString step) => _steps.Add(step.ToString(CultureInfo.InvariantCulture));

        public CacheExplanation Conclude(HttpContext context, CacheProbe probe)
        {
            var endpoint = context.GetEndpoint();
            if (_known is null)
            {
                if (endpoint is null)
                    End("not-cached", "no-route", "No action answers this path.");
                else if (services.Policies.For(endpoint) is null)
                    End("not-cached", "no-attribute", $"{endpoint.DisplayName} has no [RedisCached].");
                else
                    End("not-cached", "refused", $"It was refused before {endpoint.DisplayName} ({context.Response.StatusCode}).");
            }

            var known = _known!.Value;
            if (context.Response.Headers[CacheStatus.HeaderName].ToString() is { Length: > 0 } told && known.Verdict == "miss")
            {
                var detail = told.IndexOf("detail=", StringComparison.Ordinal) is >= 0 and var at ? told[(at + 7)..] : null;
                var read = probe.UndeclaredRead is { } name ? $", it read {name}" : "";
                _steps.Add(!probe.HasRun ? $"The action did not run: {detail}."
                    : $"The action ran ({context.Response.StatusCode}), and its response "
                        + (detail is null ? "could be stored." : $"can't be stored: {detail}{read}."));
                known = (known.Verdict, detail ?? known.Reason);
            }

            return new CacheExplanation(known.Verdict, known.Reason, endpoint?.DisplayName, _key, _tags, _steps);
        }

        private bool End(string verdict, string reason, string step)
        {
            _known = (verdict, reason);
            _steps.Add(step);
            return false;
        }
    }
}
