namespace UsersApi.Caching.Policies;

/// <summary>Among whom a cached response is shared.</summary>
public enum CacheAudience
{
    /// <summary>Requests without credentials only: one with an <c>Authorization</c> header or an authenticated user bypasses.</summary>
    Anonymous,

    /// <summary>Everyone whom authorization let through: the action must not look at who asks.</summary>
    Everyone,

    /// <summary>Each user alone, by a keyed hash of scheme, issuer and subject in the key; a request without a subject bypasses.</summary>
    PerUser,
}
