namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Marks the context of a request that the cache sends through the application by itself, to renew a response or to warm up:
/// <c>HttpContext.Features.Get&lt;RedisCachedRevalidation&gt;()</c>. Middleware that counts, limits or logs requests may leave it out.
/// </summary>
public sealed class RedisCachedRevalidation
{
    internal RedisCachedRevalidation(long storedAfter, string? flightKey = null, CacheFlight? flight = null) =>
        (StoredAfter, FlightKey, Flight) = (storedAfter, flightKey, flight);

    /// <summary>A response that was stored later, in milliseconds of the Unix epoch, needs not be renewed.</summary>
    internal long StoredAfter { get; }

    /// <summary>
    /// What it was begun for: middleware may lead it to another action, or to another key. Null where it was begun for no answer.
    /// </summary>
    internal string? FlightKey { get; }

    /// <summary>What this request has to land.</summary>
    internal CacheFlight? Flight { get; }
}
