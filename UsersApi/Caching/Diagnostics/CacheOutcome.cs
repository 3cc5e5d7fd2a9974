namespace UsersApi.Caching.Diagnostics;

/// <summary>What became of a request, or why its response was not stored: one word for headers, logs and metrics alike.</summary>
internal enum CacheOutcome
{
    /// <summary>Answered from the cache.</summary>
    Hit,
    /// <summary>Answered from the cache, stale, while a new response is made in the background.</summary>
    StaleWhileRevalidate,
    /// <summary>Answered from the cache, stale, because the action failed.</summary>
    StaleIfError,
    /// <summary>Run and stored.</summary>
    Stored,
    /// <summary>Answered with the response that another request was computing.</summary>
    Collapsed,
    /// <summary>Bypass: the request carries credentials, and the audience is anonymous.</summary>
    Credentials,
    /// <summary>Bypass: the audience is each user alone, and the request has no subject.</summary>
    NoSubject,
    /// <summary>Bypass: the request has content, of which no key knows, or wants to become a WebSocket.</summary>
    Content,
    /// <summary>Bypass: binding or validation found mistakes.</summary>
    Invalid,
    /// <summary>Refused: as many actions as may were running, and none of them ended in time.</summary>
    Overloaded,
    /// <summary>Bypass: the cache is switched off.</summary>
    Disabled,
    /// <summary>Bypass: the tag versions could not be read in time.</summary>
    Unreachable,
    /// <summary>Not stored: HEAD never fills the cache.</summary>
    Head,
    /// <summary>Not stored: a status that the attribute does not name.</summary>
    Status,
    /// <summary>Not stored: the answer's own <c>Cache-Control</c> or <c>Expires</c> forbids it.</summary>
    ActionCacheControl,
    /// <summary>Not stored: the action said so through the request feature.</summary>
    NoStore,
    /// <summary>Not stored: <c>Set-Cookie</c> is for one client.</summary>
    SetCookie,
    /// <summary>Not stored: <c>Vary</c> names everything, credentials, or more headers than a key may hold.</summary>
    Vary,
    /// <summary>Not stored: the action read the query, of which the key holds the bound arguments alone.</summary>
    UndeclaredQuery,
    /// <summary>Not stored: the action read a header or cookie that the key does not hold.</summary>
    UndeclaredHeader,
    /// <summary>Not stored: the action read who asks, which the key does not hold.</summary>
    UndeclaredUser,
    /// <summary>Not stored: the action read the session.</summary>
    UndeclaredSession,
    /// <summary>Not stored: the action read something of the connection, or the scheme where the key does not hold it.</summary>
    UndeclaredConnection,
    /// <summary>Not stored: the action read the path or the target, of which the key holds one spelling for all.</summary>
    UndeclaredPath,
    /// <summary>Not stored: the action sent its answer as it went.</summary>
    Streamed,
    /// <summary>Not stored: larger than the cap.</summary>
    TooLarge,
    /// <summary>Not stored: headers were taken away or sent early, or an outer filter put another result in place.</summary>
    NotReplayable,
    /// <summary>Not stored: the client went away.</summary>
    Aborted,
    /// <summary>Not stored: the host is stopping.</summary>
    Stopping,
}
