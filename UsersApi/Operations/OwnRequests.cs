using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UsersApi.Caching.Pipeline;

namespace UsersApi.Caching.Operations;

/// <summary>
/// Sends requests through the whole application, so that middleware, routing, authorization and binding are the real ones. A feature
/// marks them, which no client can send.
/// </summary>
internal sealed class OwnRequests(IHttpContextFactory contexts, Revalidator application)
{
    /// <param name="target">Path and query, as a client would send them.</param>
    /// <param name="scheme">The scheme of the request.</param>
    /// <param name="host">The host that it names.</param>
    /// <param name="headers">Its other headers.</param>
    /// <param name="mark">Sets the feature that marks it.</param>
    /// <param name="conclude">Looks at what came of it, before it is over.</param>
    /// <param name="cancel">Ends the request.</param>
    public Task<T> SendAsync<T>(
        string target, string scheme, HostString host, IEnumerable<KeyValuePair<string, string>> headers,
        Action<IFeatureCollection> mark, Func<HttpContext, T> conclude, CancellationToken cancel)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? at : target.Length;
        var request = new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = HttpProtocol.Http11,
            Scheme = scheme,
            // As servers do: an escaped slash separates nothing.
            Path = Uri.UnescapeDataString(target[..query].Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase)),
            QueryString = target[query..],
            RawTarget = target,
        };
        foreach (var (name, value) in headers)
            request.Headers[name] = value;

        request.Headers.Host = host.Value;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        mark(features);
        return SendAsync(features, Stream.Null, conclude, cancel);
    }

    /// <param name="features">The request, and what marks it.</param>
    /// <param name="body">Where the response's body goes.</param>
    /// <param name="conclude">Looks at what came of it, before it is over.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<T> SendAsync<T>(FeatureCollection features, Stream body, Func<HttpContext, T> conclude, CancellationToken cancel)
    {
        var response = new UnsentResponse();
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancel });
        var context = contexts.Create(features);
        try
        {
            await application.Pipeline!(context);
            return conclude(context);
        }
        finally
        {
            await response.CompleteAsync();
            contexts.Dispose(context);
        }
    }
}
