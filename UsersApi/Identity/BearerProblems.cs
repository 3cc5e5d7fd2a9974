using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace UsersApi.Identity;

/// <summary>Says in a 401 and a 403 what would have been let in.</summary>
internal static class BearerProblems
{
    /// <summary>RFC 6750 section 3.1: who is known and may not do it, is told the scope that is missing.</summary>
    public static Task NameScopeAsync(ForbiddenContext context)
    {
        context.Response.Headers.WWWAuthenticate = InsufficientScope(ScopeOf(context.HttpContext));
        return Task.CompletedTask;
    }

    /// <summary>The challenge of a 403.</summary>
    public static string InsufficientScope(string? scope)
    {
        const string Error = $"{BearerServiceCollectionExtensions.Challenge}, error=\"insufficient_scope\"";
        return scope is null ? Error : $"{Error}, scope=\"{scope}\"";
    }

    /// <summary>
    /// The same in a 401: the framework writes the challenge after this event, so the scope is added as the response starts.
    /// </summary>
    public static async Task NameScopeAsync(JwtBearerChallengeContext context)
    {
        if (!await IssuerAway.TryAnswerAsync(context) && ScopeOf(context.HttpContext) is { } scope)
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.WWWAuthenticate = $"{headers.WWWAuthenticate}, scope=\"{scope}\"";
                return Task.CompletedTask;
            });
        }
    }

    public static void Explain(ProblemDetailsOptions options, IHostEnvironment environment)
    {
        var source = environment.IsDevelopment() ? " ./dev token prints one." : "";
        options.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= (
            context.ProblemDetails.Status, ScopeOf(context.HttpContext)) switch
        {
            (StatusCodes.Status401Unauthorized, { } scope) => $"The request needs a bearer token with the scope {scope}.{source}",
            (StatusCodes.Status401Unauthorized, null) => $"The request needs a bearer token.{source}",
            (StatusCodes.Status403Forbidden, { } scope) => $"The token does not have the scope {scope}.",
            _ => null,
        };
    }

    private static string? ScopeOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RequiresScopeAttribute>()?.Scope;
}
