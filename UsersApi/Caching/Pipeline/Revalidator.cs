using Microsoft.AspNetCore.Hosting;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Sends a request through the application once more, behind a stale answer that was already given (RFC 5861). It has a context of
/// its own, since the original belongs to the server again as soon as its response is through, and goes through the whole pipeline:
/// what middleware prepares for an action, such as a tenant or a user, is prepared for this request too.
/// </summary>
internal sealed class Revalidator(
    IHttpContextFactory contexts, IHostApplicationLifetime lifetime, IOptions<RedisCachedOptions> options, ILogger<Revalidator> logger)
    : IStartupFilter
{
    private RequestDelegate? _pipeline;
    private int _running;

    /// <summary>Remembers the application's pipeline, from its begin.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => _pipeline = rest);
        next(app);
    };

    /// <summary>Begins unless too many are under way; the flight lands in any case.</summary>
    public void Begin(HttpContext original, CacheFlight flight)
    {
        if (Interlocked.Increment(ref _running) > options.Value.MaxRevalidations || _pipeline is null)
        {
            Interlocked.Decrement(ref _running);
            flight.Dispose();
            return;
        }

        // All that is taken from the original is taken now. Its ambient values stay behind: the new context would take the
        // original's place in IHttpContextAccessor.
        var features = Copy(original, flight);
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(_pipeline, features, flight));
    }

    private async Task RunAsync(RequestDelegate pipeline, FeatureCollection features, CacheFlight flight)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(TimeSpan.FromMilliseconds(options.Value.RevalidationMs));
        var response = new UnsentResponse();
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = limit.Token });
        var context = contexts.Create(features);
        try
        {
            await pipeline(context);
        }
        catch (Exception error)
        {
            // The stale answer was given; the next one to come tries again.
            CacheLog.RevalidationFailed(logger, error.GetType().Name);
        }
        finally
        {
            flight.Dispose();
            await response.CompleteAsync();
            contexts.Dispose(context);
            Interlocked.Decrement(ref _running);
        }
    }

    private static FeatureCollection Copy(HttpContext original, CacheFlight flight)
    {
        var (request, connection) = (original.Request, original.Connection);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = request.Protocol,
            Scheme = request.Scheme,
            PathBase = request.PathBase.Value ?? "",
            Path = request.Path.Value ?? "",
            QueryString = request.QueryString.Value ?? "",
            RawTarget = original.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            Headers = new HeaderDictionary(
                request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)),
        });
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            ConnectionId = connection.Id,
            RemoteIpAddress = connection.RemoteIpAddress,
            RemotePort = connection.RemotePort,
            LocalIpAddress = connection.LocalIpAddress,
            LocalPort = connection.LocalPort,
        });
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set(new RedisCachedRevalidation(flight));
        return features;
    }
}
