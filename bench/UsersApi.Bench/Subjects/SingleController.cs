using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;

namespace UsersApi.Bench.Subjects;

/// <summary>Lets MVC see one controller of the two that have the same routes.</summary>
internal sealed class SingleController(TypeInfo controller) : IApplicationFeatureProvider<ControllerFeature>
{
    public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(controller);
}

/// <summary>Registers it.</summary>
internal static class SingleControllerMvcBuilderExtensions
{
    public static IMvcBuilder WithController<TController>(this IMvcBuilder mvc) => mvc.ConfigureApplicationPartManager(parts =>
    {
        parts.FeatureProviders.Remove(parts.FeatureProviders.OfType<ControllerFeatureProvider>().Single());
        parts.FeatureProviders.Add(new SingleController(typeof(TController).GetTypeInfo()));
    });
}
