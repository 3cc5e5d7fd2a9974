using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace UsersApi.Hosting;

/// <summary>Marks an action that exists in Development only: elsewhere its path is a 404, and the document does not have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DevelopmentOnlyAttribute : Attribute
{
    /// <summary>Takes such actions away.</summary>
    internal sealed class Removal : IControllerModelConvention
    {
        public void Apply(ControllerModel controller)
        {
            foreach (var action in controller.Actions.Where(action => action.Attributes.OfType<DevelopmentOnlyAttribute>().Any()).ToList())
            {
                controller.Actions.Remove(action);
            }
        }
    }
}
