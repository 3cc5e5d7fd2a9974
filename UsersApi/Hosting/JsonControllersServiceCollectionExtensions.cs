using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace UsersApi.Hosting;

/// <summary>Registers controllers that speak strict JSON.</summary>
internal static class JsonControllersServiceCollectionExtensions
{
    public static IMvcBuilder AddJsonControllers(this IServiceCollection services)
    {
        services.AddOptions<MvcOptions>().Configure<IHostEnvironment>((mvc, environment) =>
        {
            if (!environment.IsDevelopment())
            {
                mvc.Conventions.Add(new DevelopmentOnlyAttribute.Removal());
            }
        });
        return services
            .AddControllers(mvc =>
            {
                // Errors name fields as the client wrote them, in camelCase.
                mvc.ModelMetadataDetailsProviders.Add(new SystemTextJsonValidationMetadataProvider());
                mvc.ModelMetadataDetailsProviders.Add(new CamelCaseDisplayNames());
                mvc.ModelMetadataDetailsProviders.Add(new EmptyTexts());

                mvc.Conventions.Add(new ExactMediaTypes());

                // One representation of everything: Accept selects nothing, and a cache needs no variants.
                mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
                mvc.OutputFormatters.OfType<SystemTextJsonOutputFormatter>().Single().SupportedMediaTypes.Remove("text/json");
            })
            .AddJsonOptions(json =>
            {
                // Of two members with one name, silently the last would win.
                json.JsonSerializerOptions.AllowDuplicateProperties = false;
                json.JsonSerializerOptions.NumberHandling = JsonNumberHandling.Strict;
                json.AllowInputFormatterExceptionMessages = false;
            })
            .ConfigureApiBehaviorOptions(api => api.InvalidModelStateResponseFactory = InvalidRequest.ToResult);
    }

    public static ControllerActionEndpointConventionBuilder WithExactMediaTypes(this ControllerActionEndpointConventionBuilder controllers)
    {
        controllers.Finally(ExactMediaTypes.LeaveToFilter);
        return controllers;
    }
}
