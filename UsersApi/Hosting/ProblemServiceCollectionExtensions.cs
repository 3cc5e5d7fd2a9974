namespace UsersApi.Hosting;

/// <summary>Makes every error an RFC 9457 problem.</summary>
internal static class ProblemServiceCollectionExtensions
{
    public static IServiceCollection AddProblems(this IServiceCollection services)
    {
        // Before the framework's own writer, which leaves the body out where Accept does not name JSON.
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<FailedReadHandler>();
        services.AddExceptionHandler<BadRequestHandler>();
        return services;
    }

    public static WebApplication UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        return app;
    }
}
