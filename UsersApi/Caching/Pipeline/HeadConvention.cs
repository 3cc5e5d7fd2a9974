using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace UsersApi.Caching.Pipeline;

/// <summary>Lets cached GET actions answer HEAD too, which MVC refuses by itself (RFC 9110, section 9.3.2: both or neither).</summary>
internal sealed class HeadConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        // An action that was written for HEAD keeps it.
        if (!action.Filters.Concat(action.Controller.Filters).OfType<ICachedAction>().Any()
            || action.Controller.Actions.Any(other => AnswersHead(other) && TemplatesOf(other).Intersect(TemplatesOf(action)).Any()))
        {
            return;
        }

        foreach (var selector in action.Selectors)
        {
            for (var i = 0; i < selector.ActionConstraints.Count; i++)
            {
                if (selector.ActionConstraints[i] is HttpMethodActionConstraint constraint
                    && WithHead(constraint.HttpMethods) is { } methods)
                {
                    selector.ActionConstraints[i] = new HttpMethodActionConstraint(methods);
                }
            }

            for (var i = 0; i < selector.EndpointMetadata.Count; i++)
            {
                if (selector.EndpointMetadata[i] is IHttpMethodMetadata metadata && WithHead(metadata.HttpMethods) is { } methods)
                    selector.EndpointMetadata[i] = new HttpMethodMetadata(methods);
            }
        }
    }

    private static IEnumerable<string?> TemplatesOf(ActionModel action) =>
        action.Selectors.Select(selector => selector.AttributeRouteModel?.Template);

    private static bool AnswersHead(ActionModel action) => action.Attributes.OfType<HttpHeadAttribute>().Any();

    private static List<string>? WithHead(IEnumerable<string> methods)
    {
        var all = methods.ToList();
        return all.Contains(HttpMethods.Get) && !all.Contains(HttpMethods.Head) ? [.. all, HttpMethods.Head] : null;
    }
}
