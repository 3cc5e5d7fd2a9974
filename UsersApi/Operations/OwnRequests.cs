using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UsersApi.Caching.Pipeline;
using UsersApi.Caching.Policies;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Sends requests through the whole application, so that middleware, routing, authorization and binding are the real ones.
/// </summary>
internal sealed class OwnRequests(Revalidator application, CachePolicies policies)
{
    /// <param name="mark">What tells it from clients' requests.</param>
    /// <param name="target">Path and query, as a client would send them.</param>
    /// <param name="scheme">The scheme of the request.</param>
    /// <param name="host">The host that it names.</param>
    /// <param name="headers">Its other headers.</param>
    /// <param name="conclude">Looks at what came of it, before it is over.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task<T> SendAsync<T>(
        RedisCachedOwnRequest mark, string target, string scheme, HostString host, IEnumerable<KeyValuePair<string, string>> headers,
        Func<HttpContext, T> conclude, CancellationToken cancel)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? at : target.Length;
        var request = new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = HttpProtocol.Http11,
            Scheme = scheme,
            Path = PathOf(target[..query]),
            QueryString = target[query..],
            RawTarget = target,
        };
        foreach (var (name, value) in headers)
            request.Headers[name] = value;

        request.Headers.Host = host.Value;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        return SendAsync(mark, features, conclude, cancel);
    }

    /// <param name="mark">What tells it from clients' requests.</param>
    /// <param name="features">The request.</param>
    /// <param name="conclude">Looks at what came of it, before it is over.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task<T> SendAsync<T>(
        RedisCachedOwnRequest mark, FeatureCollection features, Func<HttpContext, T> conclude, CancellationToken cancel)
    {
        features.Set(mark);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancel });
        if (mark is CacheProbe)
            features.Set<IEndpointFeature>(new CachedEndpoint(policies));

        // Of the ambient values of who asks, only the trace comes along: the new context would take the place of another in
        // IHttpContextAccessor.
        var cause = Activity.Current;
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(() =>
            {
                Activity.Current = cause;
                return application.SendAsync(features, conclude);
            });
        }
    }

    // As servers do: an escaped slash separates nothing, and dots lead up.
    private static string PathOf(string path)
    {
        var whole = path.Contains("/.", StringComparison.Ordinal) ? new Uri($"http://localhost{path}").AbsolutePath : path;
        return Uri.UnescapeDataString(
            whole.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal));
    }

    /// <summary>Lets a probe end where routing leads it to what is not cached: nobody asked for a run of that.</summary>
    private sealed class CachedEndpoint(CachePolicies policies) : IEndpointFeature
    {
        private Endpoint? _endpoint;

        public Endpoint? Endpoint
        {
            get => _endpoint;
            set => _endpoint = value is null || policies.For(value) is not null
                ? value
                : new Endpoint(_ => Task.CompletedTask, value.Metadata, value.DisplayName);
        }
    }
}
