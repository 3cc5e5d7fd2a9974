using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using UsersApi.Caching;
using UsersApi.Caching.Policies;

namespace UsersApi.Hosting;

/// <summary>
/// Says in <c>Cache-Status</c> (RFC 9211) that a cached action failed and no stored response could take its place. The cache can't: the
/// answer to an exception begins without the headers that were set before.
/// </summary>
internal sealed class FailedReadHandler(IOptions<RedisCachedOptions> options) : IExceptionHandler
{
    /// <returns>False: another handler answers.</returns>
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var endpoint = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<RedisCachedAttribute>() is not null
            && (HttpMethods.IsGet(httpContext.Request.Method) || HttpMethods.IsHead(httpContext.Request.Method)))
        {
            httpContext.Response.Headers.Append("Cache-Status", $"{options.Value.Name}; detail=failed");
        }

        return ValueTask.FromResult(false);
    }
}
