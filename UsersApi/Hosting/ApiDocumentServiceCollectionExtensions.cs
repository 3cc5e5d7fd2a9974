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

    private static readonly Dictionary<string, string> TagDescriptions = new(StringComparer.Ordinal)
    {
        ["Users"] = "Reading users, which needs no token, and writing them, which does.",
        ["Cache"] = "For operators: what the cache has and why, evicting it, and switching it.",
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
                document.Info.Description = "Users in Postgres; reads are cached in Redis, and say so in `Cache-Status`.";
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
