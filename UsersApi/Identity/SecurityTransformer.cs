using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Identity;

/// <summary>Documents the tokens, for Swagger UI's Authorize too, and which operation needs what scope.</summary>
internal sealed class SecurityTransformer : IOpenApiDocumentTransformer, IOpenApiOperationTransformer
{
    private const string Scheme = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var environment = context.ApplicationServices.GetRequiredService<IHostEnvironment>();
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Scheme,
            BearerFormat = "JWT",
            Description = $"Scopes: {string.Join(", ", Scopes.All.Select(scope => $"`{scope}`"))}."
                + (environment.IsDevelopment() ? " `./dev token` prints a token with all of them." : ""),
        });
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiresScopeAttribute>().LastOrDefault() is { Scope: var scope })
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [scope] }];
        }
        else
        {
            // Said in so many words: what says nothing may have been forgotten.
            operation.Security = [];
        }

        return Task.CompletedTask;
    }
}
