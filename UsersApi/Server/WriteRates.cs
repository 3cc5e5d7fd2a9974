using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace UsersApi.Server;

/// <summary>Answers 429 to a client that writes faster than it may. Reads are cheap, and not counted.</summary>
internal static class WriteRates
{
    // Whoever has one address of IPv6 has all of its network.
    private const int OwnBytesOfIPv6 = 8;

    public static WebApplication UseWriteRates(this WebApplication app)
    {
        app.UseWhen(context => IsWrite(context.Request.Method), writes => writes.UseRateLimiter());
        return app;
    }

    public static void Limit(RateLimiterOptions limiter, IOptions<ServerOptions> options)
    {
        var writes = options.Value.WritesPerSecond;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = writes,
            TokensPerPeriod = writes,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        };
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
            context => RateLimitPartition.GetTokenBucketLimiter(ClientOf(context), _ => bucket));
        limiter.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected));
    }

    private static Task RefuseAsync(OnRejectedContext rejected)
    {
        var http = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time.TotalSeconds : 1;
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait)).ToString(CultureInfo.InvariantCulture);
        return http.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = { Title = "Too many writes", Detail = "Wait for the seconds in Retry-After before the next write." },
        }).AsTask();
    }

    private static bool IsWrite(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static string ClientOf(HttpContext context) => context switch
    {
        { User: var user } when user.FindFirst("sub") is { } subject => $"subject {subject.Issuer} {subject.Value}",
        { Connection.RemoteIpAddress: { } address } => $"address {NetworkOf(address)}",
        _ => "",
    };

    private static string NetworkOf(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, OwnBytesOfIPv6))
        : address.MapToIPv4().ToString();
}
