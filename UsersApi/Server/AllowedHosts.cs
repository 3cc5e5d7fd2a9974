using Microsoft.Extensions.Primitives;
using UsersApi.Hosting;

namespace UsersApi.Server;

/// <summary>
/// Answers only under the names in <c>AllowedHosts</c>, separated by semicolons: <c>api.example.com;*.example.org</c>, or <c>*</c>.
/// </summary>
internal sealed class AllowedHosts(RequestDelegate next, IConfiguration configuration, IProblemDetailsService problems)
{
    private readonly StringSegment[] _hosts =
    [
        .. (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(host => new StringSegment(host)),
    ];

    public Task InvokeAsync(HttpContext context)
    {
        if (_hosts.Contains("*") || HostString.MatchesAny(context.Request.Host.Host, _hosts)
            || context.GetEndpoint()?.Metadata.GetMetadata<AnyHostAttribute>() is not null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Title = "Unknown host",
                Detail = "The server does not accept this Host. The setting AllowedHosts lists those it does.",
            },
        }).AsTask();
    }
}
