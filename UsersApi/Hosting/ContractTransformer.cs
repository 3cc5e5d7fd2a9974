using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Hosting;

/// <summary>
/// Makes a schema say what the API does where types alone do not: a null that is refused, the values that a parameter takes, and the
/// trace id of problems.
/// </summary>
internal sealed class ContractTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.ParameterDescription?.ParameterDescriptor is ControllerParameterDescriptor { ParameterInfo: var parameter }
            && parameter.GetCustomAttribute<AllowedValuesAttribute>() is { Values: var allowed })
        {
            schema.Enum = [.. allowed.OfType<string>().Select(value => (JsonNode)value)];
        }

        if (context.JsonTypeInfo.Kind is not JsonTypeInfoKind.Object)
        {
            return Task.CompletedTask;
        }

        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.AttributeProvider?.IsDefined(typeof(NeverNullAttribute), inherit: true) is true
                && schema.Properties?.TryGetValue(property.Name, out var found) is true && found is OpenApiSchema own)
            {
                own.Type &= ~JsonSchemaType.Null;
            }
        }

        if (context.JsonTypeInfo.Type.IsAssignableTo(typeof(ProblemDetails)))
        {
            schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
            schema.Properties["traceId"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "Identifies the request in the log of the server.",
            };
        }

        return Task.CompletedTask;
    }
}
