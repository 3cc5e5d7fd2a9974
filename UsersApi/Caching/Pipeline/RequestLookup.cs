namespace UsersApi.Caching.Pipeline;

/// <summary>Finds the answer to a request: in the store, fresh or stale, or in another request that is computing the same.</summary>
internal sealed class RequestLookup(CacheStore store, CacheFlights flights, Revalidator revalidator, TimeProvider time)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<LookupResult> FindAsync(CachedRequest request)
    {
        using var span = CacheTraces.Lookup();
        if (!request.Options.Enabled || request.Http.Features.Get<CacheProbe>() is { SkipsLookup: true })
            return new LookupResult(new StoreLookup(request.KeyOf([]), [], null, null, null, IsOutdated: false), null, "", null);

        var lookup = await store.FindAsync(request.Policy, request.KeyOf, request.Bound.Tags);
        if (lookup.Entry is { } fresh)
            return new LookupResult(lookup, new Answer(fresh, CacheOutcome.Hit), "", null);

        var flightKey = $"{request.Policy.ActionId}\n{lookup.Stamp}\n{lookup.Key}";
        var revalidation = request.Http.Features.Get<RedisCachedRevalidation>();
        if (revalidation?.FlightKey == flightKey)
            return new LookupResult(lookup, null, flightKey, revalidation.Flight);

        // Who comes soon after a failure does not wait for the next one: one request at a time tries again, behind.
        var stale = lookup.StaleWhileRevalidate(Now) is { } old ? new Answer(old, CacheOutcome.StaleWhileRevalidate)
            : flights.HasFailed(flightKey) && lookup.StaleIfError(Now) is { } kept ? new Answer(kept, CacheOutcome.StaleIfError)
            : null;
        if (stale is not null)
        {
            // A revalidation begins no other: were its key another one each time, they would never end.
            if (revalidation is null && flights.TryLead(flightKey) is { } lead)
                revalidator.Begin(request.Http, flightKey, lead);

            return new LookupResult(lookup, stale, flightKey, null);
        }

        return request.IsHead ? new LookupResult(lookup, null, flightKey, null) : await JoinAsync(request, lookup, flightKey);
    }

    private async Task<LookupResult> JoinAsync(CachedRequest request, StoreLookup lookup, string flightKey)
    {
        var (landing, flight) = await flights.JoinAsync(flightKey, request.Http.RequestAborted);
        if (landing is { IsElsewhere: true })
            return await FindAsync(request);

        if (landing?.Entry is { } joined)
        {
            var outcome = joined.FreshUntil > Now ? CacheOutcome.Collapsed : CacheOutcome.StaleIfError;
            return new LookupResult(lookup, new Answer(joined, outcome, lookup.ForwardReason), flightKey, null);
        }

        if (flight is not null && lookup.Stamp is null)
        {
            // Without versions, only those may share who came before the action reads anything.
            await Task.Yield();
            flight.Close();
        }
        else if (flight is not null && store.FindInMemory(request.Policy, lookup.Key) is { } landed
            && landed.Stamp == lookup.Stamp && landed.FreshUntil > Now)
        {
            // Another flight landed between this request's lookup and its turn to lead.
            if (landed.Selecting.Count > 0)
            {
                flight.Land(new Landing(null, IsElsewhere: true));
                return await FindAsync(request);
            }

            flight.Land(new Landing(landed));
            return new LookupResult(lookup, new Answer(landed, CacheOutcome.Hit), flightKey, null);
        }

        return new LookupResult(lookup, null, flightKey, flight);
    }
}
