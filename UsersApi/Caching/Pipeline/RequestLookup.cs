namespace UsersApi.Caching.Pipeline;

/// <summary>Finds the answer to a request: in the store, fresh or stale, or in another request that is computing the same.</summary>
internal sealed class RequestLookup(CacheStore store, CacheFlights flights, Revalidator revalidator, TimeProvider time)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<LookedUp> FindAsync(CachedRequest request)
    {
        if (!request.Options.Enabled)
            return new LookedUp(default, null, "", null);

        var key = request.Key;
        var lookup = await store.FindAsync(request.Policy, key, request.Tags);
        var revalidation = request.Http.Features.Get<Revalidator.Revalidation>();
        if (lookup.Entry is { } fresh && revalidation is null)
            return new LookedUp(lookup, new Answer(fresh, CacheOutcome.Hit), "", null);

        var flightKey = $"{request.Policy.ActionId}\n{lookup.Stamp}\n{key}";
        if (revalidation is not null)
            return new LookedUp(lookup with { Entry = null }, null, flightKey, revalidation.Flight);

        if (lookup.StaleWithin(request.Policy.StaleSeconds, Now) is { } stale)
        {
            if (flights.TryLead(flightKey) is { } lead)
                revalidator.Begin(request.Http, lead);

            return new LookedUp(lookup, new Answer(stale, CacheOutcome.StaleWhileRevalidate), flightKey, null);
        }

        return request.IsHead ? new LookedUp(lookup, null, flightKey, null) : await JoinAsync(request, lookup, key, flightKey);
    }

    private async Task<LookedUp> JoinAsync(CachedRequest request, Lookup lookup, string key, string flightKey)
    {
        var (joined, flight) = await flights.JoinAsync(flightKey, request.Http.RequestAborted);
        if (joined is not null)
        {
            var outcome = joined.FreshUntil > Now ? CacheOutcome.Collapsed : CacheOutcome.StaleIfError;
            return new LookedUp(lookup, new Answer(joined, outcome, lookup.ForwardReason), flightKey, null);
        }

        if (flight is not null && lookup.Stamp is null)
        {
            // Without versions, only those may share who came before the action reads anything.
            await Task.Yield();
            flight.Close();
        }
        else if (flight is not null && store.FindInMemory(request.Policy, key) is { } landed
            && landed.Stamp == lookup.Stamp && landed.FreshUntil > Now)
        {
            // Another flight landed between this request's lookup and its turn to lead.
            flight.Land(new Landing(landed));
            return new LookedUp(lookup, new Answer(landed, CacheOutcome.Hit), flightKey, null);
        }

        return new LookedUp(lookup, null, flightKey, flight);
    }
}
