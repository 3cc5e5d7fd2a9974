using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Identity;

/// <summary>Documents the tokens, for the Authorize button of Swagger UI too, and which operation needs which scope.</summary>
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
            Description = "Paste a token here, without the word `Bearer`. It is sent with each request that you try."
                + (environment.IsDevelopment() ? " In Development, `./dev token` prints one with every scope." : "")
                + " The scopes are " + string.Join(", ", Scopes.All.Select(scope => $"`{scope}`")) + ".",
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
            // An empty list says that none is needed. Without it, a reader could not tell that from an omission.
            operation.Security = [];
        }

        return Task.CompletedTask;
    }
}
