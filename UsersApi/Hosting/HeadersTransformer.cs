using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UsersApi.Caching;

namespace UsersApi.Hosting;

/// <summary>Documents the headers of each response: those the action declares, and those of the cache on cached reads.</summary>
internal sealed class HeadersTransformer : IOpenApiOperationTransformer
{
    private static readonly (string Name, string Description)[] CacheHeaders =
    [
        ("ETag", "Identifies this version of the response. Send it back in `If-None-Match`: if nothing has changed, the answer is 304."),
        ("Cache-Status", "Whether the response came from the cache, and if not, why (RFC 9211)."),
        ("Cache-Control", "How clients and proxies may keep the response."),
        ("Age", "How many seconds ago the response was computed. Only hits have it."),
        ("Vary", "The request headers that the response depends on, if there are any."),
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RedisCachedAttribute>().Any())
        {
            foreach (var (name, description) in CacheHeaders)
            {
                AddHeader(operation, StatusCodes.Status200OK, name, description);
                AddHeader(operation, StatusCodes.Status206PartialContent, name, description);
                AddHeader(operation, StatusCodes.Status304NotModified, name, description);
            }
        }

        AddHeader(operation, StatusCodes.Status206PartialContent, "Content-Range", "Which bytes the body holds, of how many in all.");
        AddHeader(operation, StatusCodes.Status416RangeNotSatisfiable, "Content-Range", "How many bytes there are in all.");
        foreach (var header in metadata.OfType<ProducesHeaderAttribute>())
        {
            AddHeader(operation, header.StatusCode, header.Name, header.Description);
        }

        return Task.CompletedTask;
    }

    private static void AddHeader(OpenApiOperation operation, int statusCode, string name, string description)
    {
        if (operation.Responses?.GetValueOrDefault(statusCode.ToString(CultureInfo.InvariantCulture)) is OpenApiResponse response)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[name] = new OpenApiHeader
            {
                Description = description,
                Schema = new OpenApiSchema { Type = name == "Age" ? JsonSchemaType.Integer : JsonSchemaType.String },
            };
        }
    }
}
