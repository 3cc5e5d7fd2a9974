using Microsoft.AspNetCore.HttpLogging;
using UsersApi.Caching.Pipeline;

namespace UsersApi.Hosting;

/// <summary>
/// One line for each request, where <c>Logging:LogLevel:Microsoft.AspNetCore.HttpLogging</c> is <c>Information</c>; by default there is
/// none. It tells method, path, status and duration, and what the cache says. Queries, headers and bodies, which may name people, stay out.
/// </summary>
internal static class RequestLogServiceCollectionExtensions
{
    public static IServiceCollection AddRequestLog(this IServiceCollection services)
    {
        services.AddHttpLoggingInterceptor<Interceptor>();
        return services.AddHttpLogging(logging =>
        {
            logging.LoggingFields = HttpLoggingFields.RequestMethod | HttpLoggingFields.RequestPath
                | HttpLoggingFields.ResponseStatusCode | HttpLoggingFields.Duration;
            logging.CombineLogs = true;
        });
    }

    private sealed class Interceptor : IHttpLoggingInterceptor
    {
        // What the cache asks by itself is no client's request.
        public ValueTask OnRequestAsync(HttpLoggingInterceptorContext logContext)
        {
            if (logContext.HttpContext.Features.Get<RedisCachedOwnRequest>() is not null)
                logContext.LoggingFields = HttpLoggingFields.None;

            return default;
        }

        public ValueTask OnResponseAsync(HttpLoggingInterceptorContext logContext)
        {
            if (logContext.HttpContext.Response.Headers["Cache-Status"] is { Count: > 0 } status)
                logContext.AddParameter("Cache-Status", status.ToString());

            return default;
        }
    }
}
