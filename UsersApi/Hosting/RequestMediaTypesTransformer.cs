using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Hosting;

/// <summary>
/// Documents the media types that an action's <c>[Consumes]</c> names, not the wildcards of the formatter that reads them.
/// </summary>
internal sealed class RequestMediaTypesTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var consumes = context.Description.ActionDescriptor.EndpointMetadata.OfType<ConsumesAttribute>().LastOrDefault();
        if (consumes is not null && operation.RequestBody is OpenApiRequestBody { Content: { Count: > 0 } content } body)
        {
            var any = content.First().Value;
            body.Content = consumes.ContentTypes.ToDictionary(mediaType => mediaType, _ => any);
        }

        return Task.CompletedTask;
    }
}
