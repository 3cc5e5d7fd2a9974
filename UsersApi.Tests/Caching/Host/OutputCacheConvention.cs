using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.OutputCaching;

namespace UsersApi.Tests.Caching.Host;

/// <summary>Gives each cached action the framework's output caching with the same duration and the same headers to vary by.</summary>
internal sealed class OutputCacheConvention : IActionModelConvention
{
    public void Apply(ActionModel action)
    {
        var attribute = action.Filters.OfType<RedisCachedAttribute>().FirstOrDefault() ?? action.Controller.Filters.OfType<RedisCachedAttribute>().FirstOrDefault();
        if (attribute is not { Enabled: true })
        {
            return;
        }

        foreach (var selector in action.Selectors)
        {
            selector.EndpointMetadata.Add(new OutputCacheAttribute { Duration = attribute.Seconds, VaryByHeaderNames = attribute.Vary });
        }
    }
}
