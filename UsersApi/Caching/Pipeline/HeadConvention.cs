using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Routing;

namespace UsersApi.Caching.Pipeline;

/// <summary>Lets cached GET actions answer HEAD too, which MVC refuses by itself (RFC 9110, section 9.3.2: both or neither).</summary>
internal sealed class HeadConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        if (!action.Filters.Concat(action.Controller.Filters).OfType<ICachedAction>().Any())
            return;

        // A path for which the application has an action of its own keeps that one.
        var taken = action.Controller.Application!.Controllers.SelectMany(controller => controller.Actions)
            .SelectMany(other => other.Selectors.Where(IsForHead).SelectMany(selector => PathsOf(other, selector))).ToHashSet();
        foreach (var selector in action.Selectors.Where(selector => !PathsOf(action, selector).Any(taken.Contains)))
        {
            // MVC has made one constraint and one piece of metadata of the methods that the attributes name.
            if (selector.ActionConstraints.OfType<HttpMethodActionConstraint>().FirstOrDefault() is not { } constraint
                || !constraint.HttpMethods.Contains(HttpMethods.Get) || constraint.HttpMethods.Contains(HttpMethods.Head))
            {
                continue;
            }

            IEnumerable<string> methods = [.. constraint.HttpMethods, HttpMethods.Head];
            selector.ActionConstraints[selector.ActionConstraints.IndexOf(constraint)] = new HttpMethodActionConstraint(methods);
            for (var i = 0; i < selector.EndpointMetadata.Count; i++)
            {
                if (selector.EndpointMetadata[i] is IHttpMethodMetadata)
                    selector.EndpointMetadata[i] = new HttpMethodMetadata(methods);
            }
        }
    }

    // By its attributes: another cached action may have been given HEAD already.
    private static bool IsForHead(SelectorModel selector) =>
        selector.EndpointMetadata.OfType<IActionHttpMethodProvider>().Any(provider => provider.HttpMethods.Contains(HttpMethods.Head));

    // Whatever their parameters are called. Without a template, an action is found by its names.
    private static IEnumerable<string> PathsOf(ActionModel action, SelectorModel selector)
    {
        var names = new Dictionary<string, string?>(action.Controller.RouteValues, StringComparer.OrdinalIgnoreCase)
        {
            ["controller"] = action.Controller.ControllerName,
            ["action"] = action.ActionName,
        };
        names.TryAdd("area", "");
        foreach (var (name, value) in action.RouteValues)
            names[name] = value;

        return from outer in action.Controller.Selectors
               let route = AttributeRouteModel.CombineAttributeRouteModel(outer.AttributeRouteModel, selector.AttributeRouteModel)
               let path = AttributeRouteModel.ReplaceTokens(route?.Template ?? "//[area]/[controller]/[action]", names)
               select RoutePath.WithoutNames(path);
    }
}
