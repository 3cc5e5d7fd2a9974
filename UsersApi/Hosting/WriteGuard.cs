namespace UsersApi.Hosting;

/// <summary>Until the API knows who asks, it changes data in Development only.</summary>
internal static class WriteGuard
{
    public static WebApplication UseWriteGuard(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.Use((context, next) => IsWrite(context) ? RefuseAsync(context) : next(context));
        }

        return app;
    }

    // The endpoints that answer 404, 405 and 415 carry no methods: those answers stay what they are.
    private static bool IsWrite(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IHttpMethodMetadata>() is not null
        && !HttpMethods.IsGet(context.Request.Method)
        && !HttpMethods.IsHead(context.Request.Method)
        && !HttpMethods.IsOptions(context.Request.Method);

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Title = "This server is read-only",
                Detail = "Without an identity provider, data is changed in the Development environment only.",
            },
        }).AsTask();
    }
}
