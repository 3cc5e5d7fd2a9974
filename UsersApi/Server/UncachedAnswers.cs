using Microsoft.AspNetCore.Mvc.Controllers;

namespace UsersApi.Server;

/// <summary>
/// Lets nobody keep errors and what actions answer, which is personal data, unless they say themselves how it may be kept.
/// </summary>
internal static class UncachedAnswers
{
    /// <summary>To be called as the response starts, when everybody else has had a say.</summary>
    public static void ForbidKeeping(HttpContext context)
    {
        var response = context.Response;
        if (response.Headers.CacheControl.Count == 0
            && (response.StatusCode >= StatusCodes.Status400BadRequest
                || context.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is not null))
        {
            response.Headers.CacheControl = "no-store";
        }
    }
}
