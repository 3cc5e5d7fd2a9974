using UsersApi.Hosting;

namespace UsersApi.Server;

/// <summary>Tells browsers to take a response for nothing but what it says it is.</summary>
internal static class SecurityHeaders
{
    /// <summary>The path of the cache's desk.</summary>
    public const string DeskPath = "/cache";

    /// <summary>Data load nothing, and are shown in no frame.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Swagger UI is our own scripts, which set styles and have pictures in themselves, and ask our own server.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The desk is forms and a style sheet, and has no script.</summary>
    private const string DeskPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static WebApplication UseSecurityHeaders(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }

        app.Use((context, next) =>
        {
            // As the response starts: an exception takes away what was set before it.
            context.Response.OnStarting(static state => SetAsync((HttpContext)state), context);
            return next(context);
        });
        return app;
    }

    private static Task SetAsync(HttpContext context)
    {
        var isPage = context.Request.Path.StartsWithSegments(
            ApiDocumentServiceCollectionExtensions.Page, StringComparison.OrdinalIgnoreCase);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        var isDesk = context.Request.Path.StartsWithSegments(DeskPath, StringComparison.Ordinal);
        headers.ContentSecurityPolicy = isPage ? PagePolicy : isDesk ? DeskPolicy : DataPolicy;
        // Without a referrer, browsers don't tell the desk where its own forms come from.
        headers["Referrer-Policy"] = isDesk ? "same-origin" : "no-referrer";
        UncachedAnswers.ForbidKeeping(context);
        return Task.CompletedTask;
    }
}
