using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>
/// What a token gets that cannot be judged, because the issuer has not told its key: 503 where one is needed, for a 401 would tell
/// the client to throw away a token that may be good. Where none is needed, the request goes on as without one.
/// </summary>
internal static class IssuerAway
{
    private const int RetryAfterSeconds = 5;
    private const string TokenPrefix = "Bearer ";

    public static async Task FindOutAsync(MessageReceivedContext context)
    {
        var http = context.HttpContext;
        if (http.Request.Headers.Authorization.ToString().StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase)
            && !await http.RequestServices.GetRequiredService<IssuerReachability>().HasToldKeysAsync(http.RequestAborted))
        {
            context.Fail(new Failure());
        }
    }

    /// <summary>
    /// Asks the issuer again for a token that names another key than it had told: its keys may have changed. The framework asks too,
    /// but in the background, and calls this token invalid meanwhile.
    /// </summary>
    public static async Task FindOutAsync(AuthenticationFailedContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (context.Exception is not SecurityTokenSignatureKeyNotFoundException || options.MetadataAddress is null)
        {
            return;
        }

        if (await http.RequestServices.GetRequiredService<IssuerReachability>().NewKeysAsync(http.RequestAborted) is not { } told)
        {
            context.Fail(new Failure());
            return;
        }

        var rules = options.TokenValidationParameters.Clone();
        rules.ConfigurationManager = told;
        var token = http.Request.Headers.Authorization.ToString()[TokenPrefix.Length..].Trim();
        var result = await options.TokenHandlers.Single().ValidateTokenAsync(token, rules);
        if (result.IsValid)
        {
            context.Principal = new ClaimsPrincipal(result.ClaimsIdentity);
            context.Success();
        }
    }

    /// <returns>Whether it has answered in place of a 401.</returns>
    public static async Task<bool> TryAnswerAsync(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not Failure)
        {
            return false;
        }

        context.HandleResponse();
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await context.HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context.HttpContext,
            ProblemDetails =
            {
                Title = "Tokens cannot be verified now",
                Detail = "The issuer of tokens cannot be reached. Keep the token, and try again in a few seconds.",
            },
        });
        return true;
    }

    private sealed class Failure() : AuthenticationFailureException("The issuer of tokens cannot be reached.");
}
