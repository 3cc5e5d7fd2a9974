namespace UsersApi.Caching.Policies;

/// <summary>Decides whether a request may share responses with others at all.</summary>
internal static class AudienceRule
{
    /// <summary>Why the request bypasses the cache; null where it does not.</summary>
    public static CacheOutcome? Bypass(CacheAudience audience, HttpContext http) => audience switch
    {
        // The key says nothing of content, which a binder or the action itself may read (RFC 9110, section 9.3.1).
        _ when HasContent(http) => CacheOutcome.Content,
        // Identity is the first of several, and what somebody claims counts whether or not it was authenticated.
        CacheAudience.Anonymous when http.Request.Headers.Authorization.Count > 0
            || http.User.Identities.Any(identity => identity.IsAuthenticated || identity.Claims.Any()) => CacheOutcome.Credentials,
        CacheAudience.PerUser when KeyDimensions.SubjectOf(http.User) is null => CacheOutcome.NoSubject,
        _ => null,
    };

    private static bool HasContent(HttpContext http) => http.Request.ContentLength > 0
        || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
}
