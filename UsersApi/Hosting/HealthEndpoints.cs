using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UsersApi.Hosting;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/startup</c>: it has started. <c>/health/ready</c>: Postgres and the cache answer
/// too, and it was not asked to stop. Without Postgres or the cache it serves what it can, and is Degraded, which is 200;
/// <c>Health:UnhealthyWithoutPostgres</c> asks for 503 where Postgres is missing.
/// </summary>
internal static class HealthEndpoints
{
    /// <summary>The checks are registered by those who know what they check.</summary>
    public static IServiceCollection AddHealthLog(this IServiceCollection services) => services.AddSingleton<HealthLog>();

    public static WebApplication MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .WithMetadata(new AnyHostAttribute());
        foreach (var tag in (string[])["startup", "ready"])
        {
            app.MapHealthChecks($"/health/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = WriteAsync,
            }).WithMetadata(new AnyHostAttribute());
        }

        return app;
    }

    // Names and states only: the reasons, which may name hosts, are in the log. AspNetCore.HealthChecks.UI.Client writes them.
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.RequestServices.GetRequiredService<HealthLog>().Report(report);
        return context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Status.ToString()),
            },
            context.RequestAborted);
    }
}
