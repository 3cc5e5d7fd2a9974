using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UsersApi.Identity;

namespace UsersApi.Hosting;

/// <summary>Documents the errors that the server, not an action, answers: every operation has them, and all are problems.</summary>
internal sealed class ProblemsTransformer : IOpenApiOperationTransformer
{
    private const string ProblemJson = "application/problem+json";

    private static readonly (string, OpenApiHeader) RetryAfter =
        Header("Retry-After", "How many seconds to wait before the next try.", JsonSchemaType.Integer);

    private static readonly (string, OpenApiHeader) Challenge =
        Header("WWW-Authenticate", "What is wrong with the token, or the scope that is missing (RFC 6750).");

    private static readonly (string, OpenApiHeader) Accept =
        Header("Accept", "The media types that the operation accepts, where the body's is not one of them (RFC 9110, 15.5.16).");

    private static readonly (string, OpenApiHeader) AcceptPatch =
        Header("Accept-Patch", "The media types that the operation accepts, where the body's is not one of them (RFC 5789, 3.1).");

    private static readonly (string, OpenApiHeader) AcceptEncoding =
        Header("Accept-Encoding", "The content codings that the server reads, where the body's is not one of them (RFC 9110, 12.5.3).");

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), schema);
        var reference = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document);
        operation.Responses ??= [];
        Add("500", "The server failed. The problem's `traceId` finds the error in its log.");
        Add("503", "Postgres, or the issuer of tokens, is not available. Try again after the seconds in `Retry-After`.", RetryAfter);
        Add("504", "The server gave up, because the request took too long.");
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiresScopeAttribute>().LastOrDefault() is { } required)
        {
            Add("401", "The request has no token, or one that is not valid.", Challenge);
            var besides = required.Besides is { } other ? $", or not {other}" : "";
            Add("403", $"The token does not have the scope `{required.Scope}`{besides}.", Challenge);
        }

        if (context.Description.HttpMethod is not ("GET" or "HEAD"))
        {
            Add("429", "This client writes faster than the server allows.", RetryAfter);
        }

        if (operation.RequestBody is not null)
        {
            Add("408", "The body arrived too slowly.");
            Add("413", "The body is larger than this operation accepts.");
            var accept = context.Description.HttpMethod == "PATCH" ? AcceptPatch : Accept;
            Add("415", "The operation does not accept this media type, or the server this content coding.", accept, AcceptEncoding);
        }

        void Add(string status, string description, params (string Name, OpenApiHeader Value)[] headers)
        {
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = reference } },
            });
            if (headers.Length > 0 && operation.Responses[status] is OpenApiResponse response)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                foreach (var (name, value) in headers)
                {
                    response.Headers[name] = value;
                }
            }
        }
    }

    private static (string Name, OpenApiHeader Value) Header(
        string name, string description, JsonSchemaType type = JsonSchemaType.String) =>
        (name, new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } });
}
