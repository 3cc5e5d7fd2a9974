using System.Diagnostics;
using Microsoft.AspNetCore.Hosting;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Sends a request through the application once more, behind a stale answer that was already given (RFC 5861). It has a context of
/// its own, since the original belongs to the server again as soon as its response is through, and goes through the whole pipeline:
/// what middleware prepares for an action, such as a tenant or a user, is prepared for this request too.
/// </summary>
internal sealed class Revalidator(
    IHttpContextFactory contexts, IHostApplicationLifetime lifetime, IOptions<RedisCachedOptions> options, ILogger<Revalidator> logger,
    ClusterClaims? claims = null)
    : IStartupFilter
{
    private RequestDelegate? _pipeline;

    // By what they renew, until they are over: one that does not heed its limit is not begun once more.
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    /// <summary>Remembers the application's pipeline, from its begin.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => _pipeline = http =>
        {
            // Middleware may take a part of it away, as Map does, or write another in its place.
            http.Features.Set(new Target(http.Request.PathBase, http.Request.Path, http.Request.QueryString));
            return rest(http);
        });
        next(app);
    };

    /// <summary>Sends a request through the application, which is built.</summary>
    /// <param name="features">The request.</param>
    /// <param name="conclude">Looks at what came of it, before it is over.</param>
    public async Task<T> SendAsync<T>(FeatureCollection features, Func<HttpContext, T> conclude)
    {
        var response = new UnsentResponse();
        features.Set<IHttpResponseFeature>(response);
        var context = contexts.Create(features);
        try
        {
            await _pipeline!(context);
            return conclude(context);
        }
        finally
        {
            await response.CompleteAsync();
            contexts.Dispose(context);
        }
    }

    /// <summary>Begins unless too many are under way; the flight lands in any case.</summary>
    public void Begin(HttpContext original, RevalidationRequest revalidation)
    {
        // Counted once it is among them: two that come at once may both give up, and are never one too many.
        var isNew = _pipeline is not null && _running.TryAdd(revalidation.FlightKey!, true);
        if (!isNew || _running.Count > options.Value.MaxRevalidations)
        {
            if (isNew)
                _running.TryRemove(revalidation.FlightKey!, out _);

            revalidation.Flight!.Dispose();
            return;
        }

        // All that is taken from the original is taken now. Its ambient values stay behind: the new context would take the
        // original's place in IHttpContextAccessor.
        var features = CopyOf(original);
        features.Set<RedisCachedOwnRequest>(revalidation);
        var cause = CacheTraces.Here;
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(features, revalidation, cause));
    }

    private async Task RunAsync(FeatureCollection features, RevalidationRequest revalidation, ActivityContext cause)
    {
        using var span = CacheTraces.Linked("cache revalidation", [cause]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(options.Value.RevalidationTimeout);
        // One that does not heed it goes on, as one of MaxRevalidations: nobody waits for it any longer.
        using var ending = limit.Token.Register(revalidation.Flight!.Dispose);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = limit.Token });
        try
        {
            // One node of the cluster is enough.
            var (claim, isOthers) = claims is null ? default : await claims.TakeAsync(revalidation.FlightKey!);
            if (isOthers)
                return;

            revalidation.Flight.Claim = claim;
            await SendAsync(features, _ => true);
        }
        catch (Exception error)
        {
            // The stale answer was given; the next one to come tries again.
            CacheLog.RevalidationFailed(logger, error.GetType().Name);
        }
        finally
        {
            revalidation.Flight.Dispose();
            _running.TryRemove(revalidation.FlightKey!, out _);
        }
    }

    /// <summary>What a server would set for a request like this one, once more; its response is the caller's to set.</summary>
    public static FeatureCollection CopyOf(HttpContext original)
    {
        var (request, connection) = (original.Request, original.Connection);
        // A request that middleware made by itself did not come in here.
        var target = original.Features.Get<Target>() ?? new Target(request.PathBase, request.Path, request.QueryString);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = request.Protocol,
            Scheme = request.Scheme,
            // One that was set without taking it from the path came from a header, as X-Forwarded-Prefix, which is gone by now.
            PathBase = (request.Path == target.Path ? request.PathBase : target.PathBase).Value ?? "",
            Path = target.Path.Value ?? "",
            QueryString = target.Query.Value ?? "",
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
        if (connection.ClientCertificate is { } certificate)
            features.Set<ITlsConnectionFeature>(new TlsConnectionFeature { ClientCertificate = certificate });

        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        return features;
    }

    /// <summary>What a request asked for when it came in.</summary>
    private sealed record Target(PathString PathBase, PathString Path, QueryString Query);
}
