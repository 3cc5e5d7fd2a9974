namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Runs an action behind a stale answer that was already given (RFC 5861), on a request context of its own: the original
/// belongs to the server again as soon as its response is through.
/// </summary>
internal sealed class Revalidator(
    IHttpContextFactory contexts, IServiceScopeFactory scopes, IHostApplicationLifetime lifetime,
    IOptions<RedisCachedOptions> options, ILogger<Revalidator> logger)
{
    private int _running;

    /// <summary>Begins unless too many are under way; the flight lands in any case.</summary>
    public void Begin(HttpContext original, CacheFlight flight)
    {
        if (Interlocked.Increment(ref _running) > options.Value.MaxRevalidations
            || original.GetEndpoint() is not { RequestDelegate: not null } endpoint)
        {
            Interlocked.Decrement(ref _running);
            flight.Dispose();
            return;
        }

        // All that is taken from the original is taken now. Its ambient values stay behind, but for the culture: the new
        // context would take the original's place in IHttpContextAccessor.
        var (features, culture, texts) = (Copy(original, flight), CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(() => RunAsync(endpoint, features, flight, culture, texts));
    }

    private async Task RunAsync(Endpoint endpoint, FeatureCollection features, CacheFlight flight, CultureInfo culture, CultureInfo texts)
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, texts);
        await using var scope = scopes.CreateAsyncScope();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        limit.CancelAfter(TimeSpan.FromMilliseconds(options.Value.RevalidationMs));
        var response = new UnsentResponse();
        features.Set<IHttpResponseFeature>(response);
        features.Set<IServiceProvidersFeature>(new RequestServices(scope.ServiceProvider));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = limit.Token });
        var context = contexts.Create(features);
        try
        {
            context.SetEndpoint(endpoint);
            await endpoint.RequestDelegate!(context);
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
        var request = original.Request;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = request.Protocol,
            Scheme = request.Scheme,
            PathBase = request.PathBase.Value ?? "",
            Path = request.Path.Value ?? "",
            QueryString = request.QueryString.Value ?? "",
            Headers = new HeaderDictionary(
                request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)),
        });
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IRouteValuesFeature>(new RouteValuesFeature { RouteValues = new RouteValueDictionary(request.RouteValues) });
        features.Set<Microsoft.AspNetCore.Http.Features.Authentication.IHttpAuthenticationFeature>(
            new Microsoft.AspNetCore.Http.Features.Authentication.HttpAuthenticationFeature { User = original.User });
        features.Set(new Revalidation(flight));
        return features;
    }

    /// <summary>Marks the context of a revalidation, and brings the flight that it lands.</summary>
    internal sealed record Revalidation(CacheFlight Flight);

    private sealed class RequestServices(IServiceProvider services) : IServiceProvidersFeature
    {
        IServiceProvider IServiceProvidersFeature.RequestServices { get; set; } = services;
    }
}
