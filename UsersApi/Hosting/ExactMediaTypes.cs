using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Hosting;

/// <summary>
/// Answers 415 unless the body's media type is one that the action's <c>[Consumes]</c> names, to the letter, and tells those.
/// </summary>
/// <remarks>The framework takes every <c>application/...+json</c> for JSON; but a JSON Patch, say, is no merge patch.</remarks>
internal sealed class ExactMediaTypes : IResourceFilter, IOrderedFilter, IActionModelConvention
{
    private const string AcceptPatch = "Accept-Patch";

    // Before the framework's own check, which tells nothing.
    public int Order => -1;

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
        if (context.ActionDescriptor.EndpointMetadata.OfType<ConsumesAttribute>().LastOrDefault() is not { } taken)
        {
            return;
        }

        // Set as the response starts, since a body can turn out later to be in a charset that nobody reads.
        context.HttpContext.Response.OnStarting(TellAsync, (context.HttpContext, taken));
        var sent = MediaTypeHeaderValue.TryParse(context.HttpContext.Request.ContentType, out var parsed) ? parsed.MediaType : default;
        if (!taken.ContentTypes.Any(name => sent.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            context.Result = new UnsupportedMediaTypeResult();
        }
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }

    /// <summary>Keeps routing from refusing a media type: it does so before anybody knows which action it is for, and who asks.</summary>
    internal static void LeaveToFilter(EndpointBuilder endpoint)
    {
        foreach (var accepts in endpoint.Metadata.OfType<IAcceptsMetadata>().ToList())
        {
            endpoint.Metadata.Remove(accepts);
        }
    }

    // RFC 9110, section 15.5.16, and RFC 5789, section 3.1.
    private static Task TellAsync(object state)
    {
        var (http, taken) = ((HttpContext, ConsumesAttribute))state;
        if (http.Response.StatusCode == StatusCodes.Status415UnsupportedMediaType)
        {
            var header = HttpMethods.IsPatch(http.Request.Method) ? AcceptPatch : HeaderNames.Accept;
            http.Response.Headers[header] = string.Join(", ", taken.ContentTypes);
        }

        return Task.CompletedTask;
    }
}
