using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace UsersApi.Caching.Capture;

/// <summary>
/// What an action sees of its request while its answer is captured: ranges and preconditions are hidden, since they are
/// answered at delivery, and whatever it looks at that its key does not hold is noticed.
/// </summary>
/// <remarks>
/// The rule for all inputs: what an answer may depend on is in the key, or the answer is not stored. Content needs no watch: a
/// request that has some bypasses the cache.
/// </remarks>
internal sealed class WatchedRequest
{
    private static readonly string[] Hidden =
    [
        HeaderNames.Range, HeaderNames.IfRange, HeaderNames.IfMatch, HeaderNames.IfNoneMatch,
        HeaderNames.IfModifiedSince, HeaderNames.IfUnmodifiedSince,
        // A server may disregard it (RFC 9110, section 12.5.2), and no client sends it: not worth a Vary on every response.
        HeaderNames.AcceptCharset,
        // A request that has one bypasses the cache.
        HeaderNames.TransferEncoding,
    ];

    private readonly CachePolicy _policy;
    private readonly RedisCachedOptions _options;
    private readonly SwappedFeatures _swapped;
    private readonly ConcurrentQueue<(CacheOutcome Kind, string Name)> _reads = new();

    /// <param name="http">The request.</param>
    /// <param name="policy">The rules of its action.</param>
    /// <param name="options">Which reads are none of the cache's business.</param>
    /// <param name="swapped">Where what the action sees is put in place.</param>
    public WatchedRequest(HttpContext http, CachePolicy policy, RedisCachedOptions options, SwappedFeatures swapped)
    {
        (_policy, _options, _swapped) = (policy, options, swapped);
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        var headers = request.Headers.Where(header => !Is(header.Key, Hidden)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        swapped.Add(WatchedFeature.Around<IHttpRequestFeature>(
            new HttpRequestFeature
            {
                Protocol = request.Protocol,
                Scheme = request.Scheme,
                // The answer to HEAD has the headers of GET's, and only GET's body tells them.
                Method = HttpMethods.Get,
                PathBase = request.PathBase,
                Path = request.Path,
                QueryString = request.QueryString,
                RawTarget = request.RawTarget,
                Headers = new WatchedHeaders(new HeaderDictionary(headers), NoteHeader),
                Body = request.Body,
            },
            NoteMember));
        if (!IsByTarget)
        {
            var query = WatchedFeature.Around(http.Request.Query, _ => Note(CacheOutcome.UndeclaredQuery, "query"));
            swapped.Add<IQueryFeature>(new QueryFeature(query));
        }

        // Where nobody with a user gets here, there is none to read; where the key names the user, reading is what it is for.
        if (policy.Settings.Audience is CacheAudience.Everyone)
            WatchUser(http);

        // Middleware may have put others in the place of those that the header says.
        swapped.Watch<IRequestCookiesFeature>(_ => NoteHeader(HeaderNames.Cookie));
        Watch<ISessionFeature>(CacheOutcome.UndeclaredSession, "session");
        Watch<IHttpConnectionFeature>(CacheOutcome.UndeclaredConnection, "connection");
        Watch<ITlsConnectionFeature>(CacheOutcome.UndeclaredConnection, "client certificate");
        Watch<ITlsHandshakeFeature>(CacheOutcome.UndeclaredConnection, "TLS handshake");
        Watch<IServerVariablesFeature>(CacheOutcome.UndeclaredConnection, "server variables");
    }

    /// <summary>The headers that were read and may be named in <c>Vary</c>, where the options ask for that.</summary>
    public IEnumerable<string> ReadsToVaryBy => _options.VaryByWhatIsRead
        ? _reads.Where(read => read.Kind is CacheOutcome.UndeclaredHeader && read.Name != "*" && !CredentialHeaders.Contain(read.Name))
            .Select(read => read.Name).Distinct(StringComparer.OrdinalIgnoreCase)
        : [];

    /// <summary>Whether it is a result of the framework that reads now: of <c>Accept</c>, what it looks for is in the key.</summary>
    public bool IsReadByFramework { get; set; }

    private bool IsByTarget => _policy.Key.IsByRawQuery;

    /// <summary>
    /// The first read that the key does not hold, and that is none of these headers: why the answer is not stored, and its name for
    /// the log.
    /// </summary>
    public (CacheOutcome Kind, string Name)? FirstReadBeyond(IReadOnlyCollection<string> headers) => _reads
        .Where(read => read.Kind is not CacheOutcome.UndeclaredHeader || !headers.Contains(read.Name, StringComparer.OrdinalIgnoreCase))
        .Select(read => ((CacheOutcome, string)?)read).FirstOrDefault();

    private void Watch<T>(CacheOutcome kind, string name)
        where T : class => _swapped.Watch<T>(_ => Note(kind, name));

    private void WatchUser(HttpContext http)
    {
        var watched = new WatchedPrincipal(http.User, _policy.Settings.VaryByClaims, () => Note(CacheOutcome.UndeclaredUser, "user"));
        // A user of a type of its own knows more than claims, and nothing can stand in for it.
        if (http.User.GetType() != typeof(ClaimsPrincipal))
            Watch<IHttpAuthenticationFeature>(CacheOutcome.UndeclaredUser, "user");
        else
            _swapped.Add<IHttpAuthenticationFeature>(new HttpAuthenticationFeature { User = watched });

        Watch<IAuthenticateResultFeature>(CacheOutcome.UndeclaredUser, "user");
    }

    private void Note(CacheOutcome kind, string name)
    {
        if (!Is(name, _options.IgnoredReads) && !_reads.Contains((kind, name)))
            _reads.Enqueue((kind, name));
    }

    // The key of bound arguments holds one spelling of the path for all: case, and what is encoded, may be another here.
    private void NoteMember(string member)
    {
        var (kind, name) = member switch
        {
            "get_Protocol" => (CacheOutcome.UndeclaredConnection, "protocol"),
            "get_Scheme" when !_policy.Key.HoldsHost => (CacheOutcome.UndeclaredConnection, "scheme"),
            "get_Path" when !IsByTarget => (CacheOutcome.UndeclaredPath, "path"),
            "get_QueryString" when !IsByTarget => (CacheOutcome.UndeclaredQuery, "query"),
            "get_RawTarget" when !IsByTarget => (CacheOutcome.UndeclaredPath, "raw target"),
            _ => default,
        };
        if (name is not null)
            Note(kind, name);
    }

    private void NoteHeader(string name)
    {
        var isHeld = Is(name, Hidden) || _policy.HoldsHeader(name)
            || (Is(name, HeaderNames.Host) && _policy.Key.HoldsHost) || (Is(name, HeaderNames.Accept) && IsReadByFramework);
        if (!isHeld)
            Note(CacheOutcome.UndeclaredHeader, name);
    }

    private static bool Is(string name, params ReadOnlySpan<string> names) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
