using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace UsersApi.Hosting;

/// <summary>Turns what binding and validation found into a 400 problem whose errors name fields, not parameters or JSON paths.</summary>
internal static class InvalidRequest
{
    private const string Body = "body";
    private const string Unreadable = "The JSON is malformed, or a member is unknown, repeated or of the wrong type.";

    public static IActionResult ToResult(ActionContext context)
    {
        var factory = context.HttpContext.RequestServices.GetRequiredService<ProblemDetailsFactory>();
        var problem = factory.CreateValidationProblemDetails(
            context.HttpContext, Readable(context.ModelState), StatusCodes.Status400BadRequest);
        return new BadRequestObjectResult(problem) { ContentTypes = { "application/problem+json" } };
    }

    // The JSON formatter reports "$.path" (or nothing, for an empty body), and MVC adds that the parameter is missing: noise then.
    private static ModelStateDictionary Readable(ModelStateDictionary found)
    {
        var invalid = found.Where(entry => entry.Value?.Errors.Count > 0).ToList();
        var unreadable = invalid.FindAll(entry => entry.Key.Length == 0 || entry.Key.StartsWith('$'));
        if (unreadable.Count == 0 || found.HasReachedMaxErrors)
        {
            return found;
        }

        var readable = new ModelStateDictionary();
        foreach (var (key, entry) in unreadable)
        {
            var field = key.TrimStart('$').TrimStart('.');
            var message = key.Length == 0 ? entry!.Errors[0].ErrorMessage : Unreadable;
            readable.AddModelError(field.Length == 0 ? Body : field, message);
        }

        return readable;
    }
}
