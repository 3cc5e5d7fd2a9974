using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Server;

/// <summary>Lets pages of the origins that <see cref="ServerOptions.CorsOrigins"/> names call this API from a browser.</summary>
internal static class OtherOrigins
{
    // Preflights of one page are remembered so long by its browser; more than two hours no browser takes.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(1);

    // Beyond those that every script may read (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
    private static readonly string[] Exposed =
    [
        HeaderNames.ETag, HeaderNames.Link, HeaderNames.Location, "Cache-Status", HeaderNames.Age, HeaderNames.RetryAfter,
        HeaderNames.WWWAuthenticate, HeaderNames.ContentRange, "Total-Count",
    ];

    public static void Allow(CorsOptions cors, IOptions<ServerOptions> server) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins([.. server.Value.CorsOrigins])
        .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        .AllowAnyHeader()
        .WithExposedHeaders(Exposed)
        .SetPreflightMaxAge(PreflightAge));
}
