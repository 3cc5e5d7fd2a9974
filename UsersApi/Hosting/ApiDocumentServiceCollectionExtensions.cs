using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using UsersApi.Identity;

namespace UsersApi.Hosting;

/// <summary>The OpenAPI 3.1 document and Swagger UI.</summary>
internal static class ApiDocumentServiceCollectionExtensions
{
    /// <summary>The path of Swagger UI.</summary>
    public const string Page = "/swagger";

    private const string Name = "v1";

    private const string Description = """
        Create, read, change and delete users.

        - **Caching.** Reads are answered from a cache. The response header `Cache-Status` says whether a response is a `hit`. A write
          is visible to every read that begins after the write was answered.
        - **Lost updates.** A user has an `ETag`. Send it back in `If-Match`, and a write to a user that has changed is refused with 412.
        - **Errors** are problem details (RFC 9457) with the media type `application/problem+json`.
        - **Tokens.** Operations with a padlock need a bearer token. The button *Authorize* takes one.
        """;

    private static readonly Dictionary<string, string> TagDescriptions = new(StringComparer.Ordinal)
    {
        ["Users"] = "Read and write users. A padlock marks each operation that needs a bearer token.",
        ["Cache"] = "For operators: see what the cache holds and why, evict it, and switch it off and on.",
    };

    // RFC 9110, section 9.1: whoever answers one answers the other.
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        // The document follows these options: by default, every number would be "a number or a string".
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        return services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "UsersApi";
                document.Info.Description = Description;
                document.Info.Contact = new OpenApiContact { Name = "The UsersApi authors" };
                document.Info.License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" };

                // Relative, so that the document fits every host and proxy.
                document.Servers = [new OpenApiServer { Url = "/" }];
                foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
                {
                    tag.Description = TagDescriptions.GetValueOrDefault(tag.Name ?? "");
                }

                return Task.CompletedTask;
            });
            options.AddDocumentTransformer<SecurityTransformer>();
            options.AddSchemaTransformer<ContractTransformer>();
            options.AddOperationTransformer<OperationIdTransformer>();
            options.AddOperationTransformer<SecurityTransformer>();
            options.AddOperationTransformer<CachedReadsTransformer>();
            options.AddOperationTransformer<HeadersTransformer>();
            options.AddOperationTransformer<ProblemsTransformer>();
            options.AddOperationTransformer<RequestMediaTypesTransformer>();
        });
    }

    public static WebApplication MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi().WithMetadata(new HttpMethodMetadata(Reading));
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint($"/openapi/{Name}.json", $"UsersApi {Name}");
            ui.DocumentTitle = "UsersApi";
            ui.EnableTryItOutByDefault();
            ui.DisplayRequestDuration();
            ui.EnableDeepLinking();

            // A page of 20,000 users would freeze the browser for minutes.
            ui.ConfigObject.AdditionalItems["syntaxHighlight"] = false;
            if (app.Environment.IsDevelopment())
            {
                // In the browser's storage: fit for a token of Development's own, and for no other.
                ui.EnablePersistAuthorization();
            }
        });
        app.MapMethods("/", Reading, () => Results.Redirect(Page)).ExcludeFromDescription();
        return app;
    }
}
