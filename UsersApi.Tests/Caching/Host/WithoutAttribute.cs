using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace UsersApi.Tests.Caching.Host;

/// <summary>Takes the attribute off every action.</summary>
internal sealed class WithoutAttribute : IControllerModelConvention
{
    public void Apply(ControllerModel controller)
    {
        foreach (var filters in controller.Actions.Select(action => action.Filters).Append(controller.Filters))
        {
            foreach (var filter in filters.OfType<RedisCachedAttribute>().ToArray())
            {
                filters.Remove(filter);
            }
        }
    }
}
