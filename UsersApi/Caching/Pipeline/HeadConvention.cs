using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Routing;

namespace UsersApi.Caching.Pipeline;

/// <summary>Lets cached GET actions answer HEAD too, which MVC refuses by itself (RFC 9110, section 9.3.2: both or neither).</summary>
internal sealed class HeadConvention : IActionModelConvention
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public void Apply(ActionModel action)
    {
        // An action that was written for HEAD keeps it, wherever it stands.
        if (!action.Filters.Concat(action.Controller.Filters).OfType<ICachedAction>().Any() || action.Controller.Application!.Controllers
            .SelectMany(controller => controller.Actions).Where(IsForHead).SelectMany(PathsOf).Intersect(PathsOf(action)).Any())
        {
            return;
        }

        foreach (var selector in action.Selectors)
        {
            // MVC makes the two of one list of methods.
            if (selector.ActionConstraints.OfType<HttpMethodActionConstraint>().FirstOrDefault() is not { } constraint
                || !constraint.HttpMethods.Contains(HttpMethods.Get) || constraint.HttpMethods.Contains(HttpMethods.Head))
            {
                continue;
            }

            IEnumerable<string> methods = constraint.HttpMethods.Union(GetAndHead);
            selector.ActionConstraints[selector.ActionConstraints.IndexOf(constraint)] = new HttpMethodActionConstraint(methods);
            for (var i = 0; i < selector.EndpointMetadata.Count; i++)
            {
                if (selector.EndpointMetadata[i] is IHttpMethodMetadata)
                    selector.EndpointMetadata[i] = new HttpMethodMetadata(methods);
            }
        }
    }

    // By its attributes: another cached action may have been given HEAD already.
    private static bool IsForHead(ActionModel action) =>
        action.Attributes.OfType<IActionHttpMethodProvider>().Any(provider => provider.HttpMethods.Contains(HttpMethods.Head));

    // Without a template of its own, an action is found by its name.
    private static IEnumerable<string> PathsOf(ActionModel action) =>
        from controller in action.Controller.Selectors
        from own in action.Selectors
        let route = AttributeRouteModel.CombineAttributeRouteModel(controller.AttributeRouteModel, own.AttributeRouteModel)
        select (route?.Template ?? $"//{action.Controller.ControllerName}/{action.ActionName}").ToUpperInvariant();
}
