using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Hosting;

/// <summary>Documents the errors that the server, not an action, answers: every operation has them, and all are problems.</summary>
internal sealed class ProblemsTransformer : IOpenApiOperationTransformer
{
    private const string ProblemJson = "application/problem+json";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), schema);
        var reference = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document);
        operation.Responses ??= [];
        Add("500", "The server failed; nothing of its inside is told.");
        Add("503", "Postgres is not available; `Retry-After` says when to try again.");
        if (context.Description.HttpMethod is not "GET")
        {
            Add("403", "Writing is refused: without an identity provider, it is allowed in Development only.");
        }

        if (operation.RequestBody is not null)
        {
            Add("413", "The body is larger than this operation takes.");
            Add("415", "The body's media type is not JSON.");
        }

        if (operation.Responses["503"] is OpenApiResponse unavailable)
        {
            unavailable.Headers ??= new Dictionary<string, IOpenApiHeader>();
            unavailable.Headers["Retry-After"] = new OpenApiHeader
            {
                Description = "Seconds to wait.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
            };
        }

        void Add(string status, string description) => operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = reference } },
        });
    }
}
