using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UsersApi.Identity;

namespace UsersApi.Hosting;

/// <summary>Documents the errors that the server, not an action, answers: every operation has them, and all are problems.</summary>
internal sealed class ProblemsTransformer : IOpenApiOperationTransformer
{
    private const string ProblemJson = "application/problem+json";

    private static readonly (string, OpenApiHeader) RetryAfter = ("Retry-After", new()
    {
        Description = "Seconds to wait.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
    });

    private static readonly (string, OpenApiHeader) Challenge = ("WWW-Authenticate", new()
    {
        Description = "RFC 6750: what is wrong with the token, or the scope that is missing.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), schema);
        var reference = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document);
        operation.Responses ??= [];
        Add("500", "The server failed; nothing of its inside is told.");
        Add("503", "Postgres is not available; `Retry-After` says when to try again.", RetryAfter);
        Add("504", "The answer took too long, and was given up.");
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiresScopeAttribute>().LastOrDefault() is { } required)
        {
            Add("401", "There is no token, or one that is not valid.", Challenge);
            var besides = required.Besides is { } other ? $", or not {other}" : "";
            Add("403", $"The token does not have the scope `{required.Scope}`{besides}.", Challenge);
        }

        if (context.Description.HttpMethod is not ("GET" or "HEAD"))
        {
            Add("429", "This client writes faster than it may.", RetryAfter);
        }

        if (operation.RequestBody is not null)
        {
            Add("408", "The body came too slowly.");
            Add("413", "The body is larger than this operation takes.");
            Add("415", "The media type or the content coding of the body is not one that this operation takes.");
        }

        void Add(string status, string description, (string Name, OpenApiHeader Value)? header = null)
        {
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = reference } },
            });
            if (header is var (name, value) && operation.Responses[status] is OpenApiResponse response)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[name] = value;
            }
        }
    }
}
