using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace UsersApi.Identity;

/// <summary>Makes each action that reads need the scope in its controller's <c>[ReadScope]</c>.</summary>
/// <remarks>
/// It is metadata of the endpoint, and so the middleware checks it before the cache can answer. The cache knows it as well, and
/// marks such responses <c>private</c>.
/// </remarks>
internal sealed class ReadScopeConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        if (action.Controller.Attributes.OfType<ReadScopeAttribute>().SingleOrDefault() is { Scope: var scope })
        {
            foreach (var selector in action.Selectors.Where(IsRead))
            {
                selector.EndpointMetadata.Add(new RequiresScopeAttribute(scope));
            }
        }
    }

    private static bool IsRead(SelectorModel selector) => selector.EndpointMetadata.OfType<HttpMethodMetadata>()
        .SelectMany(metadata => metadata.HttpMethods).Any(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
}
