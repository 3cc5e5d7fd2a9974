namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Marks the context of a request that the cache sends through the application by itself, to renew a stale response:
/// <c>HttpContext.Features.Get&lt;RedisCachedRevalidation&gt;()</c>. Middleware that counts, limits or logs requests may leave it out.
/// </summary>
public sealed class RedisCachedRevalidation
{
    internal RedisCachedRevalidation(string flightKey, CacheFlight flight) => (FlightKey, Flight) = (flightKey, flight);

    /// <summary>What it was begun for: middleware may lead it to another action, or to another key.</summary>
    internal string FlightKey { get; }

    /// <summary>What this request has to land.</summary>
    internal CacheFlight Flight { get; }
}
