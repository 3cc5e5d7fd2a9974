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
        ("If-None-Match", "ETags that the client has, or `*`: 304 where one is still right (RFC 9110, 13.1.2)."),
        ("If-Match", "ETags of which the response must have one, or `*`: 412 where it has none (RFC 9110, 13.1.1)."),
        ("Range", "One range of bytes of the body, as in `bytes=0-499`: 206, or 416 where it lies outside (RFC 9110, 14.2)."),
        ("If-Range", "The ETag of what the client has a part of: the range is answered only where it is still right (RFC 9110, 13.1.5)."),
    ];

    private static readonly (int Status, string Description)[] Outcomes =
    [
        (StatusCodes.Status206PartialContent, "The range of the body that was asked for."),
        (StatusCodes.Status304NotModified, "Unchanged: an ETag in If-None-Match is still right. No body."),
        (StatusCodes.Status412PreconditionFailed, "No ETag in If-Match is the response's. No body."),
        (StatusCodes.Status416RangeNotSatisfiable, "The range lies outside of the body; `Content-Range` tells its length. No body."),
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
