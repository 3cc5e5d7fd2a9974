namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Finds the answer to a request: in the store, fresh or stale, or in another request, on this node or another, that is computing the same.
/// </summary>
internal sealed class RequestLookup(
    CacheStore store, CacheFlights flights, Revalidator revalidator, TimeProvider time, ClusterClaims? claims = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async ValueTask<LookupResult> FindAsync(CachedRequest request)
    {
        using var span = CacheTraces.Start("cache lookup");
        if (!request.IsCacheOn || request.Probe is not null)
            return new LookupResult(new StoreLookup(request.KeyOf([]), []));

        var lookup = await FindStoredAsync(request);
        if (lookup.Entry is { } fresh)
        {
            RefreshIfDue(request, fresh);
            return new LookupResult(lookup, new Answer(fresh, CacheOutcome.Hit));
        }

        var flightKey = FlightKeyOf(request.Policy, lookup.Stamp, lookup.Key);
        if (request.Revalidation?.FlightKey == flightKey)
            return new LookupResult(lookup, FlightKey: flightKey, Flight: request.Revalidation.Flight);

        // Who comes soon after a failure does not wait for the next one: one request at a time tries again, in the background.
        var stale = request.Revalidation is { FlightKey: null } ? null
            : lookup.StaleWhileRevalidate(Now) is { } old ? new Answer(old, CacheOutcome.StaleWhileRevalidate)
            : flights.Failed.Contains(flightKey) && lookup.StaleIfError(Now) is { } kept ? new Answer(kept, CacheOutcome.StaleIfError)
            : null;
        if (stale is not null)
        {
            Revalidate(request, flightKey, stale.Entry);
            return new LookupResult(lookup, stale);
        }

        return request.IsHead ? new LookupResult(lookup, FlightKey: flightKey) : await JoinAsync(request, lookup, flightKey);
    }

    /// <summary>Requests with the same one may share a run of the action.</summary>
    public static string FlightKeyOf(CachePolicy policy, Stamp? stamp, string key) => $"{policy.ActionId}\n{stamp}\n{key}";

    /// <summary>Renews, in the background, a response that is about to get stale, so that nobody waits for it later.</summary>
    public void RefreshIfDue(CachedRequest request, CacheEntry entry)
    {
        if (request.Policy.Settings.RefreshBeforeSeconds == 0)
            return;

        // What lives for less than the attribute says would be renewed all the time.
        var before = Math.Min(request.Policy.Settings.RefreshBeforeSeconds * 1_000L, (entry.FreshUntil - entry.Stored) / 2);
        if (entry.FreshUntil - Now <= before && flights.Refreshed.TryAdd(entry.Key))
            Revalidate(request, FlightKeyOf(request.Policy, entry.Stamp, entry.Key), entry);
    }

    // A revalidation begins no other: were its key another one each time, they would never end.
    private void Revalidate(CachedRequest request, string flightKey, CacheEntry entry)
    {
        if (request.Revalidation is null && flights.TryLead(flightKey) is { } lead)
            revalidator.Begin(request.Http, new RevalidationRequest(entry.Stored, flightKey, lead));
    }

    private async Task<LookupResult> JoinAsync(CachedRequest request, StoreLookup lookup, string flightKey)
    {
        var since = request.WaitsSince ??= time.GetTimestamp();
        var (landing, flight) = await flights.JoinAsync(flightKey, since, request.Http.RequestAborted);
        if (landing is { IsElsewhere: true })
            return await FindAsync(request);

        if (landing?.Entry is { } joined)
        {
            var outcome = joined.IsFreshAt(Now) ? CacheOutcome.Collapsed : CacheOutcome.StaleIfError;
            return new LookupResult(lookup, new Answer(joined, outcome, lookup.ForwardReason));
        }

        if (flight is not null && lookup.Stamp is null)
        {
            // Without versions, only those may share who came before the action reads anything.
            await Task.Yield();
            flight.Close();
        }
        else if (flight is not null && request.Policy.Settings.AcrossNodes && claims is not null)
        {
            return await LeadAcrossNodesAsync(request, lookup, flightKey, flight);
        }
        else if (flight is not null && store.FindInMemory(request.Policy, lookup.Key) is { } landed && landed.Stamp == lookup.Stamp
            && landed.IsFreshAt(Now) && landed.Stored > (request.Revalidation?.StoredAfter ?? 0))
        {
            // Another flight landed between this request's lookup and its turn to lead.
            flight.Land(Landing.Elsewhere);
            return await FindAsync(request);
        }

        return new LookupResult(lookup, FlightKey: flightKey, Flight: flight);
    }

    /// <summary>Claims the run of the action, or looks again and again for what the node that has the claim stores.</summary>
    private async Task<LookupResult> LeadAcrossNodesAsync(CachedRequest request, StoreLookup lookup, string flightKey, CacheFlight flight)
    {
        try
        {
            for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
            {
                (flight.Claim, var isOthers) = await claims!.TakeAsync(flightKey);
                if ((flight.Claim is null && !isOthers) || (isOthers && flights.TimeLeft(request.WaitsSince!.Value) < TimeSpan.Zero))
                    return new LookupResult(lookup, FlightKey: flightKey, Flight: flight);

                if (isOthers)
                    await Task.Delay(pause, time, request.Http.RequestAborted);

                // Where this node has the claim, another may have stored the response before it gave it back. An eviction in between is no
                // reason to begin again: with many, that would never end.
                var found = await FindStoredAsync(request);
                if (found.Key != lookup.Key || (isOthers && found.Stamp != lookup.Stamp))
                {
                    flight.Land(Landing.Elsewhere);
                    return await FindAsync(request);
                }

                if (found.Entry is { } entry)
                {
                    flight.Land(new Landing(entry));
                    return new LookupResult(found, new Answer(entry, CacheOutcome.Collapsed, lookup.ForwardReason));
                }

                if (!isOthers)
                    return new LookupResult(found, FlightKey: flightKey, Flight: flight);
            }
        }
        catch
        {
            flight.Dispose();
            throw;
        }
    }

    private ValueTask<StoreLookup> FindStoredAsync(CachedRequest request) =>
        store.FindAsync(request.Policy, request.KeyOf, request.Bound.Tags, request.Revalidation?.StoredAfter ?? 0);
}
