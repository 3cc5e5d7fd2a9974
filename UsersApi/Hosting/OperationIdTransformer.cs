using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace UsersApi.Hosting;

/// <summary>Names each operation after its action, as in <c>Users_List</c>: generated clients call their methods so.</summary>
internal sealed class OperationIdTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor is ControllerActionDescriptor action)
        {
            // An id is unique, and one action answers both methods.
            var suffix = HttpMethods.IsHead(context.Description.HttpMethod ?? "") ? "Head" : "";
            operation.OperationId = $"{action.ControllerName}_{action.ActionName}{suffix}";
            operation.Summary += suffix.Length > 0 ? " (headers only)" : "";
        }

        return Task.CompletedTask;
    }
}
