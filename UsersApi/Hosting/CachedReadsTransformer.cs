using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UsersApi.Caching;

namespace UsersApi.Hosting;

/// <summary>Documents what the cache adds to a read: the conditions that a client may send, and what comes of them.</summary>
internal sealed class CachedReadsTransformer : IOpenApiOperationTransformer
{
    private static readonly (string Name, string Description)[] Conditions =
    [
        ("If-None-Match", "The ETags that the client has, or `*`. If one is still current, the answer is 304 (RFC 9110, 13.1.2)."),
        ("If-Match", "The ETags that the client expects, or `*`. If none is current, the answer is 412 (RFC 9110, 13.1.1)."),
        ("Range", "One range of bytes, such as `bytes=0-499`. The answer is 206, or 416 if it is outside of the body (RFC 9110, 14.2)."),
        ("If-Range", "The ETag of the part that the client has. If it is not current, the answer is the whole body (RFC 9110, 13.1.5)."),
    ];

    private static readonly (int Status, string Description)[] Outcomes =
    [
        (StatusCodes.Status206PartialContent, "The requested range of the body."),
        (StatusCodes.Status304NotModified, "Nothing has changed: an ETag in `If-None-Match` is current. There is no body."),
        (StatusCodes.Status412PreconditionFailed, "No ETag in `If-Match` is current. There is no body."),
        (StatusCodes.Status416RangeNotSatisfiable, "The range is outside of the body. `Content-Range` has the length of the body."),
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<RedisCachedAttribute>().Any())
        {
            return Task.CompletedTask;
        }

        var isHead = HttpMethods.IsHead(context.Description.HttpMethod ?? "");
        operation.Parameters ??= [];
        foreach (var (name, description) in Conditions.Where(condition => !isHead || !IsOfRanges(condition.Name)))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        operation.Responses ??= [];
        foreach (var (status, description) in Outcomes.Where(outcome => !isHead || outcome.Status is 304 or 412))
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = description };
        }

        return Task.CompletedTask;
    }

    // A range is for GET alone (RFC 9110, 14.2).
    private static bool IsOfRanges(string header) => header is "Range" or "If-Range";
}
