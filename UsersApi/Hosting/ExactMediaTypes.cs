using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Hosting;

/// <summary>Answers 415 unless the body's media type is one that the action's <c>[Consumes]</c> names, to the letter.</summary>
/// <remarks>The framework takes every <c>application/...+json</c> for JSON; but a JSON Patch, say, is no merge patch.</remarks>
internal sealed class ExactMediaTypes : IResourceFilter, IActionModelConvention
{
    // Only where there is something to take: around a read, a filter would stand in the way of early hits.
    public void Apply(ActionModel action)
    {
        if (action.Attributes.Concat(action.Controller.Attributes).OfType<ConsumesAttribute>().Any())
        {
            action.Filters.Add(this);
        }
    }

    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var consumes = context.ActionDescriptor.EndpointMetadata.OfType<ConsumesAttribute>().LastOrDefault();
        if (consumes is null)
        {
            return;
        }

        var sent = MediaTypeHeaderValue.TryParse(context.HttpContext.Request.ContentType, out var parsed) ? parsed.MediaType : default;
        if (!consumes.ContentTypes.Any(taken => sent.Equals(taken, StringComparison.OrdinalIgnoreCase)))
        {
            context.Result = new UnsupportedMediaTypeResult();
        }
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
