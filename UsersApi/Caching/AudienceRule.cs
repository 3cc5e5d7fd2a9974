namespace UsersApi.Caching;

/// <summary>Decides whether a request may share responses with the others of its audience.</summary>
internal static class AudienceRule
{
    /// <summary>Why the request bypasses the cache; null where it does not.</summary>
    public static CacheOutcome? Bypass(CacheAudience audience, HttpContext http) => audience switch
    {
        CacheAudience.Anonymous when http.Request.Headers.Authorization.Count > 0 || http.User.Identity?.IsAuthenticated == true => CacheOutcome.Credentials,
        CacheAudience.PerUser when KeyDimensions.SubjectOf(http.User) is null => CacheOutcome.NoSubject,
        _ => null,
    };
}
