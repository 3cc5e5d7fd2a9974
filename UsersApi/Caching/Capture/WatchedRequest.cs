using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace UsersApi.Caching.Capture;

/// <summary>
/// What an action sees of its request while its answer is captured: ranges and preconditions are hidden, since they are
/// answered at delivery, and a look at a part of the query that the key does not hold is noticed.
/// </summary>
internal sealed class WatchedRequest : IHttpRequestFeature, IQueryFeature, IQueryCollection
{
    private static readonly string[] Hidden =
    [
        HeaderNames.Range, HeaderNames.IfRange, HeaderNames.IfMatch, HeaderNames.IfNoneMatch,
        HeaderNames.IfModifiedSince, HeaderNames.IfUnmodifiedSince,
        // A server may disregard it (RFC 9110, section 12.5.2), and no client sends it: not worth a Vary on every response.
        HeaderNames.AcceptCharset,
    ];

    private readonly IFeatureCollection _features;
    private readonly IHttpRequestFeature _request;
    private readonly IQueryFeature? _queryFeature;
    private readonly IQueryCollection _query;
    private readonly CacheKeyPlan _plan;

    public WatchedRequest(HttpContext http, CacheKeyPlan plan)
    {
        _features = http.Features;
        _request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        _query = http.Request.Query;
        _queryFeature = http.Features.Get<IQueryFeature>();
        _plan = plan;
        Headers = new HeaderDictionary();
        foreach (var header in _request.Headers.Where(header => !Hidden.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            Headers[header.Key] = header.Value;
    }

    /// <summary>True once the action has read what its key does not hold.</summary>
    public bool ReadUndeclaredQuery { get; private set; }

    public string Protocol { get => _request.Protocol; set => _request.Protocol = value; }

    public string Scheme { get => _request.Scheme; set => _request.Scheme = value; }

    /// <summary>Always GET: the answer to HEAD has the headers of GET's, and only GET's body tells them.</summary>
    public string Method { get => HttpMethods.Get; set => _request.Method = value; }

    public string PathBase { get => _request.PathBase; set => _request.PathBase = value; }

    public string Path { get => _request.Path; set => _request.Path = value; }

    public string QueryString { get => Undeclared(_request.QueryString); set => _request.QueryString = value; }

    public string RawTarget { get => Undeclared(_request.RawTarget); set => _request.RawTarget = value; }

    public IHeaderDictionary Headers { get; set; }

    public Stream Body { get => _request.Body; set => _request.Body = value; }

    IQueryCollection IQueryFeature.Query { get => this; set => Undeclared(value); }

    public int Count => Enumerated().Count;

    public ICollection<string> Keys => Enumerated().Keys;

    public StringValues this[string key] => Declared(key)[key];

    public void Install()
    {
        _features.Set<IHttpRequestFeature>(this);
        _features.Set<IQueryFeature>(this);
    }

    public void Remove()
    {
        _features.Set(_request);
        _features.Set(_queryFeature);
    }

    public bool ContainsKey(string key) => Declared(key).ContainsKey(key);

    public bool TryGetValue(string key, out StringValues value) => Declared(key).TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => Enumerated().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IQueryCollection Declared(string name) => _plan.IsByRawQuery || _plan.DeclaresQuery(name) ? _query : Undeclared(_query);

    private IQueryCollection Enumerated() => _plan.IsByRawQuery ? _query : Undeclared(_query);

    [return: NotNullIfNotNull(nameof(value))]
    private T Undeclared<T>(T value)
    {
        ReadUndeclaredQuery = true;
        return value;
    }
}
